// Turns the built page into a C++ source: node embed.mjs DIST OUT.cpp
//
// Beside the source go the compressed forms. Same files in, same bytes out.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, extname, join, relative, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

function filesIn(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

const [dist, out] = process.argv.slice(2).map((path) => resolve(path));
const zipped = join(dirname(out), 'gzip');
rmSync(zipped, { recursive: true, force: true });
mkdirSync(zipped, { recursive: true });

let bytes = '';
let declarations = '';
let rows = '';
filesIn(dist).forEach((file, i) => {
  const path = '/' + relative(dist, file);
  const type = types[extname(file)];
  if (!type) throw new Error(`no content type is known for ${path}`);
  const content = readFileSync(file);
  const gzip = gzipSync(content, { level: 9 });
  const gzipFile = join(zipped, `${i}.gz`);
  writeFileSync(gzipFile, gzip);
  const hash = createHash('sha256').update(content).digest('hex');
  for (const [name, source] of [[`pythia_page_${i}`, file], [`pythia_page_${i}_gzip`, gzipFile]]) {
    bytes += `.globl ${name}\\n.hidden ${name}\\n${name}:\\n.incbin \\"${source}\\"\\n`;
    declarations += `extern "C" __attribute__((visibility("hidden"))) const char ${name}[];\n`;
  }
  rows +=
    `      {"${path}", "${type}", "${hash}", {pythia_page_${i}, ${content.length}}, ` +
    `{pythia_page_${i}_gzip, ${gzip.length}}},\n`;
});

writeFileSync(
  out,
  `// Made by web/embed.mjs out of the built page.
#include "http/page.h"

asm(".pushsection .rodata,\\"a\\",@progbits\\n${bytes}.popsection\\n");
${declarations}
namespace pythia::http {

std::span<const PageFile> PageFiles() {
  static const PageFile files[] = {
${rows}  };
  return files;
}

}  // namespace pythia::http
`,
);
