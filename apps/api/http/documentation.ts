import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import { ModulesContainer } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { openApiDocument, type ControllerClass } from './openapi.js';

const version = '0.1.0';

/** The only files of Swagger UI that the page asks for. */
const assets = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'] as const;

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Axion</title>
    <link rel="stylesheet" href="./docs/swagger-ui.css">
    <link rel="icon" type="image/png" href="./docs/favicon-32x32.png">
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="./docs/swagger-ui-bundle.js"></script>
    <script src="./docs/initializer.js"></script>
  </body>
</html>
`;

/** A file of its own: the content security policy lets no script stand in the page. */
const initializer = `SwaggerUIBundle({
  url: new URL('openapi.json', document.baseURI).href,
  dom_id: '#swagger-ui',
  docExpansion: 'list',
  persistAuthorization: false,
});
`;

/** `/openapi.json`, and a page at `/docs` to browse and try it. */
export async function serveDocumentation(
  app: NestFastifyApplication,
  fastify: FastifyInstance,
): Promise<void> {
  const controllers = [...app.get(ModulesContainer).values()].flatMap((module) =>
    [...module.controllers.values()].flatMap(({ metatype }) =>
      metatype ? [metatype as ControllerClass] : [],
    ),
  );
  const document = JSON.stringify(openApiDocument(controllers, version));
  const text = (path: string, type: string, body: string): void => {
    fastify.get(path, (_request, reply) => void reply.type(`${type}; charset=utf-8`).send(body));
  };
  text('/openapi.json', 'application/json', document);
  text('/docs', 'text/html', page);
  text('/docs/initializer.js', 'text/javascript', initializer);
  await fastify.register(fastifyStatic, {
    root: dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/package.json'))),
    prefix: '/docs/',
    index: false,
    allowedPath: (path) => assets.some((asset) => path === `/${asset}`),
  });
}
