declare module 'swagger-ui-dist/swagger-ui-es-bundle.js' {
  interface Asked {
    headers: Record<string, string>;
  }
  export default function SwaggerUI(options: {
    url: string;
    dom_id: string;
    deepLinking: boolean;
    docExpansion: 'list' | 'full' | 'none';
    defaultModelsExpandDepth: number;
    tryItOutEnabled: boolean;
    validatorUrl: string | null;
    requestInterceptor: (request: Asked) => Asked;
  }): void;
}
