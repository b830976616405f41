import { defineConfig } from 'vitest/config';

export default defineConfig({
  base: '/',
  build: {
    target: 'es2022',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'], // they know light-dark()
    assetsDir: 'assets',
    assetsInlineLimit: 0, // the policy takes scripts and styles from files alone
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2000, // the viewer of /docs, which the page does not load
    rollupOptions: { input: ['index.html', 'docs.html'] },
  },
  // `npm run dev` beside a running `pythia serve`.
  server: {
    proxy: Object.fromEntries(
      ['/api', '/predict', '/recommend', '/upload', '/health', '/docs', '/openapi.json'].map(
        (path) => [path, 'http://127.0.0.1:8080'],
      ),
    ),
  },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.{ts,tsx}'],
    setupFiles: ['src/test_setup.ts'],
    pool: 'threads',
    maxWorkers: 1,
  },
});
