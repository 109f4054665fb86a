import { RequestMethod } from '@nestjs/common';
import { commandParameterKey, queryParameterKey } from './from-request.js';
import { schemaOf, type JsonSchema } from './json-schema.js';
import { answerSchemas } from './openapi-schemas.js';
import { accessKey, describedKey, openKey, type Access, type RouteDescription } from './route.js';

export type ControllerClass = abstract new (...parameters: never[]) => object;
type Shape = new () => object;

interface Route {
  readonly controller: ControllerClass;
  readonly handler: string;
  readonly method: string;
  readonly path: string;
  readonly described: RouteDescription;
  readonly access: Access | undefined;
  readonly open: boolean;
}

/** The OpenAPI 3.1 document, made from what the controllers say of themselves, so that it cannot drift from them. */
export function openApiDocument(controllers: readonly ControllerClass[], version: string): JsonSchema {
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const route of controllers.flatMap(routesOf)) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}').replace(/\*$/, '{path}');
    paths[path] = { ...paths[path], [route.method]: operationOf(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Axion',
      version,
      description: 'Governance of data, models and trades over one log that proves nothing was changed.',
    },
    paths,
    components: {
      schemas: answerSchemas,
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'An API key, or the bootstrap key' },
      },
    },
  };
}

function routesOf(controller: ControllerClass): Route[] {
  const prototype = controller.prototype as object;
  return Object.getOwnPropertyNames(prototype).flatMap((handler) => {
    const method = Reflect.get(prototype, handler) as object;
    const verb = Reflect.getMetadata('method', method) as RequestMethod | undefined;
    if (handler === 'constructor' || verb === undefined) return [];
    const described = Reflect.getMetadata(describedKey, method) as RouteDescription | undefined;
    if (!described)
      throw new RangeError(`${controller.name}.${handler} says nothing of itself: @Describe is missing`);
    const answers = described.answers.replace('page of ', '');
    if (!(answers in answerSchemas))
      throw new RangeError(
        `${controller.name}.${handler} answers ${answers}, which openapi-schemas.ts does not describe`,
      );
    const parts = [Reflect.getMetadata('path', controller), Reflect.getMetadata('path', method)] as [
      string,
      string,
    ];
    return {
      controller,
      handler,
      method: RequestMethod[verb].toLowerCase(),
      path: `/${parts.filter((part) => part !== '/').join('/')}`,
      described,
      access: Reflect.getMetadata(accessKey, method) as Access | undefined,
      open: Reflect.getMetadata(openKey, method) === true,
    };
  });
}

function operationOf(route: Route): JsonSchema {
  const { controller, handler, path, described, access, open } = route;
  const command = parameterShape(route, commandParameterKey);
  const query = parameterShape(route, queryParameterKey);
  const named = [...path.matchAll(/:(\w+)/g)].flatMap(([, name]) => name ?? []);
  const inPath = path.endsWith('*') ? [...named, 'path'] : named;
  const parameters: JsonSchema[] = [
    ...inPath.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
    ...(query ? queryParameters(query) : []),
  ];
  if (access?.workspace === 'header')
    parameters.push({ name: 'X-Workspace', in: 'header', required: true, schema: { type: 'string' } });
  if (route.method === 'post')
    parameters.push(
      { name: 'Idempotency-Key', in: 'header', schema: { type: 'string', maxLength: 255 } },
      { name: 'Prefer', in: 'header', schema: { type: 'string', examples: ['wait=sealed'] } },
    );
  return {
    operationId: `${controller.name.replace('Controller', '')}.${handler}`,
    tags: [path.startsWith('/v1/') ? (path.split('/')[2] ?? '') : 'platform'],
    summary: described.summary,
    ...(access && { description: `Needs the role \`${access.role}\` or a higher one.` }),
    ...(!open && { security: [{ key: [] }] }),
    ...(parameters.length > 0 && { parameters }),
    ...bodyOf(described, route.method === 'post' ? command : undefined, inPath),
    responses: responsesOf(described, open),
  };
}

function parameterShape({ controller, handler }: Route, key: string): Shape | undefined {
  const prototype = controller.prototype as object;
  const index = Reflect.getMetadata(key, prototype, handler) as number | undefined;
  const types = Reflect.getMetadata('design:paramtypes', prototype, handler) as Shape[] | undefined;
  return index === undefined ? undefined : types?.[index];
}

function queryParameters(shape: Shape): JsonSchema[] {
  const { properties, required } = schemaOf(shape) as {
    properties: Record<string, JsonSchema>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required?.includes(name) ?? false,
    schema,
  }));
}

function bodyOf(
  { takes }: RouteDescription,
  command: Shape | undefined,
  inPath: readonly string[],
): JsonSchema {
  if (takes) {
    const content = Object.fromEntries(takes.map((type) => [type, { schema: { type: 'string' } }]));
    return { requestBody: { required: true, content } };
  }
  if (!command) return {};
  const schema = schemaOf(command) as { properties: Record<string, JsonSchema>; required?: string[] };
  const properties = Object.fromEntries(
    Object.entries(schema.properties).filter(([name]) => !inPath.includes(name)),
  );
  const required = schema.required?.filter((name) => !inPath.includes(name));
  return {
    requestBody: {
      required: true,
      content: { 'application/json': { schema: { ...schema, properties, required } } },
    },
  };
}

function responsesOf({ answers, status = 200, gives }: RouteDescription, open: boolean): JsonSchema {
  const item = { $ref: `#/components/schemas/${answers.replace('page of ', '')}` };
  const schema = answers.startsWith('page of ')
    ? {
        type: 'object',
        properties: { items: { type: 'array', items: item }, next: { type: 'string' } },
        required: ['items'],
      }
    : item;
  const problem = (description: string) => ({
    description,
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  });
  return {
    [status]: {
      description: 'Done',
      content: {
        ...(answers !== 'text' && { 'application/json': { schema } }),
        ...(gives && { [gives]: { schema: { type: 'string' } } }),
      },
    },
    ...(!open && { '401': problem('No valid key'), '403': problem('Not allowed') }),
    default: problem('What is wrong, with a stable code'),
  };
}
