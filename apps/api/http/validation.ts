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
  const inherited = inheritedNames(type, fields, '');
  if (inherited.length > 0) throw notWellFormed(inherited);
  const misshapen = [...nestedTypesOf(type).keys()].filter((name) => {
    const value: unknown = Reflect.get(fields, name);
    return value !== undefined && !isJsonObject(value);
  });
  if (misshapen.length > 0)
    throw notWellFormed(misshapen.map((field) => ({ field, reason: 'must be an object' })));
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
  if (problems.length > 0) throw notWellFormed(problems);
  return shape;
}

function notWellFormed(problems: readonly Problem[]): InvalidRequest {
  return new InvalidRequest('request.invalid', 'the request is not well formed', {
    problems: problems.map(({ field, reason }) => ({ field, reason })),
  });
}

/** `constructor`, `__proto__` and the like: class-validator knows them from every object, and would let them pass. */
function inheritedNames(type: new () => object, fields: object, path: string): Problem[] {
  const own = Object.keys(fields).filter((name) => name in Object.prototype);
  const nested = [...nestedTypesOf(type)].flatMap(([name, nestedType]) => {
    const value: unknown = Reflect.get(fields, name);
    return isJsonObject(value) ? inheritedNames(nestedType(), value, `${path}${name}.`) : [];
  });
  return [...own.map((name) => ({ field: `${path}${name}`, reason: 'is not known' })), ...nested];
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
