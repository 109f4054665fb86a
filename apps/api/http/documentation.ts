import { ModulesContainer } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { openApiDocument, type ControllerClass } from './openapi.js';

const version = '0.1.0';

/** `/openapi.json`, and a page at `/docs` to browse and try it. */
export function serveDocumentation(app: NestFastifyApplication): void {
  const controllers = [...app.get(ModulesContainer).values()].flatMap((module) =>
    [...module.controllers.values()].flatMap(({ metatype }) =>
      metatype ? [metatype as ControllerClass] : [],
    ),
  );
  const document = openApiDocument(controllers, version);
  SwaggerModule.setup('docs', app, () => document as OpenAPIObject & typeof document, {
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: 'openapi.yaml',
    customSiteTitle: 'Axion',
    swaggerOptions: { persistAuthorization: false, docExpansion: 'list' },
  });
}
