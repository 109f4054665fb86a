import { validateSync, type ValidationError } from 'class-validator';
import { nestedTypesOf, platformFieldsOf } from '../../../domain/kernel/command.js';
import { InvalidRequest } from '../../../domain/kernel/errors.js';
import { isJsonObject } from '../../../domain/kernel/json.js';

export interface Problem {
  readonly field: string;
  readonly reason: string;
}

/**
 * An instance of a command's or query's class from what a client sent.
 *
 * @throws InvalidRequest `request.invalid` naming every field that is wrong, unknown or the platform's own
 */
export function validated<Shape extends object>(type: new () => Shape, fields: unknown): Shape {
  if (!isJsonObject(fields)) throw new InvalidRequest('request.invalid', 'the body must be a JSON object');
  const shape = instanceOf(type, fields);
  const own = platformFieldsOf(type);
  const problems: Problem[] = [...own.generated, ...own.filledIn]
    .filter((field) => field in fields)
    .map((field) => ({ field, reason: 'is set by the platform' }));
  const errors = validateSync(shape, {
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: false,
  });
  problems.push(...errors.flatMap((error) => problemsOf(error, '')));
  if (problems.length > 0)
    throw new InvalidRequest('request.invalid', 'the request is not well formed', {
      problems: problems.map(({ field, reason }) => ({ field, reason })),
    });
  return shape;
}

function instanceOf<Shape extends object>(type: new () => Shape, fields: object): Shape {
  const shape = Object.assign(new type(), fields);
  for (const [field, nested] of nestedTypesOf(type)) {
    const value: unknown = Reflect.get(shape, field);
    if (isJsonObject(value)) Reflect.set(shape, field, instanceOf(nested(), value));
  }
  return shape;
}

function problemsOf({ property, constraints, children }: ValidationError, path: string): Problem[] {
  const field = path === '' ? property : `${path}.${property}`;
  const own = Object.entries(constraints ?? {}).map(([rule, text]) => ({
    field,
    reason: rule === 'whitelistValidation' ? 'is not known' : text.replace(`${property} `, ''),
  }));
  return [...own, ...(children ?? []).flatMap((child) => problemsOf(child, field))];
}
