// The viewer of /openapi.json. It asks this service alone.
import 'swagger-ui-dist/swagger-ui.css';
import SwaggerUI from 'swagger-ui-dist/swagger-ui-es-bundle.js';
import { authorization } from './api/client';

SwaggerUI({
  url: '/openapi.json',
  dom_id: '#docs',
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  tryItOutEnabled: false,
  validatorUrl: null,
  requestInterceptor: (request) => {
    const token = authorization();
    if (token) request.headers['Authorization'] = token;
    return request;
  },
});
