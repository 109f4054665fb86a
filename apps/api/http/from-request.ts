import { Readable } from 'node:stream';
import {
  Injectable,
  UnsupportedMediaTypeException,
  createParamDecorator,
  type ArgumentMetadata,
  type ExecutionContext,
  type PipeTransform,
  type Type,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { platformFieldsOf } from '../../../domain/kernel/command.js';
import { InvalidRequest } from '../../../domain/kernel/errors.js';
import { isJsonObject } from '../../../domain/kernel/json.js';
import { bindContext } from '../../../infra/engine/commands/execution-context.js';
import { randomIds } from '../../../infra/system/random-ids.js';
import { RequestExecution } from './request-execution.js';
import { validated } from './validation.js';

/** Metadata: index of the handler's parameter that is the command, or the query. */
export const commandParameterKey = 'axion:command-parameter';
export const queryParameterKey = 'axion:query-parameter';

interface Received {
  readonly request: FastifyRequest;
  readonly fields: object;
}

/** Path and body become one validated command, its generated ids filled in, bound to the request. */
export function FromRequest({ leaveOut = [] }: { leaveOut?: readonly string[] } = {}): ParameterDecorator {
  return marked(commandParameterKey, (request) => without(fieldsOfRequest(request), leaveOut), CommandPipe);
}

/** The query string becomes one validated object; its limit is read as a number. */
export function FromQuery(): ParameterDecorator {
  return marked(queryParameterKey, fieldsOfQuery, new ShapePipe());
}

function marked(
  key: string,
  fields: (request: FastifyRequest) => object,
  pipe: PipeTransform | Type<PipeTransform>,
): ParameterDecorator {
  const decorate = createParamDecorator((_data: unknown, context: ExecutionContext): Received => {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    return { request, fields: fields(request) };
  });
  return (target, property, index) => {
    if (property === undefined) throw new RangeError('only a handler takes a request');
    Reflect.defineMetadata(key, index, target, property);
    decorate(pipe)(target, property, index);
  };
}

function without(fields: object, names: readonly string[]): object {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}

function fieldsOfRequest({ body, params }: FastifyRequest): object {
  if (body instanceof Readable)
    throw new UnsupportedMediaTypeException('a command is sent as application/json');
  if (body !== undefined && body !== null && !isJsonObject(body))
    throw new InvalidRequest('request.invalid', 'the body must be a JSON object');
  const path = isJsonObject(params) ? params : {};
  const twice = Object.keys(path).filter(
    (field) => isJsonObject(body) && field in body && body[field] !== path[field],
  );
  if (twice.length > 0)
    throw new InvalidRequest('request.invalid', 'the body contradicts the path', {
      problems: twice.map((field) => ({ field, reason: 'is another one in the path' })),
    });
  return { ...(isJsonObject(body) ? body : {}), ...path };
}

function fieldsOfQuery({ query }: FastifyRequest): object {
  const named = Object.entries(isJsonObject(query) ? query : {});
  // From entries: a name such as __proto__ stays a name, and is refused as any that is not known.
  return Object.fromEntries(
    named.map(([name, value]) => {
      const isCount = name === 'limit' && typeof value === 'string' && /^\d{1,9}$/.test(value);
      return [name, isCount ? Number(value) : value] as const;
    }),
  );
}

class ShapePipe implements PipeTransform {
  transform({ fields }: Received, { metatype }: ArgumentMetadata): object {
    if (!metatype) throw new RangeError('the parameter’s class is not known at run time');
    return validated(metatype as new () => object, fields);
  }
}

@Injectable()
class CommandPipe implements PipeTransform {
  private readonly shapes = new ShapePipe();

  constructor(private readonly execution: RequestExecution) {}

  async transform(received: Received, metadata: ArgumentMetadata): Promise<object> {
    const command = this.shapes.transform(received, metadata);
    for (const field of platformFieldsOf(command.constructor as new () => object).generated)
      Reflect.set(command, field, randomIds.next());
    return bindContext(command, await this.execution.of(received.request));
  }
}
