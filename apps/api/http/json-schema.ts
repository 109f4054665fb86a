import { getMetadataStorage } from 'class-validator';
import { nestedTypesOf, platformFieldsOf } from '../../../domain/kernel/command.js';

/** A JSON Schema (2020-12), as OpenAPI 3.1 has it. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

type Rule = (constraints: readonly unknown[]) => JsonSchema;

/** What each class-validator rule says, as JSON Schema. A rule that is not here says nothing there. */
const rules: Readonly<Record<string, Rule>> = {
  isString: () => ({ type: 'string' }),
  isInt: () => ({ type: 'integer' }),
  isNumber: () => ({ type: 'number' }),
  isBoolean: () => ({ type: 'boolean' }),
  isObject: () => ({ type: 'object' }),
  isNotEmptyObject: () => ({ minProperties: 1 }),
  isArray: () => ({ type: 'array' }),
  arrayNotEmpty: () => ({ minItems: 1 }),
  arrayUnique: () => ({ uniqueItems: true }),
  arrayMaxSize: ([most]) => ({ maxItems: most }),
  isIn: ([values]) => ({ enum: values }),
  isUuid: () => ({ type: 'string', format: 'uuid' }),
  isIso8601: () => ({ type: 'string', format: 'date' }),
  isLength: ([least, most]) => ({
    type: 'string',
    minLength: least,
    ...(most !== undefined && { maxLength: most }),
  }),
  matches: ([pattern]) => ({ type: 'string', ...(pattern instanceof RegExp && { pattern: pattern.source }) }),
  min: ([least]) => ({ minimum: least }),
  max: ([most]) => ({ maximum: most }),
  isToleranceAmount: () => ({
    type: ['number', 'string'],
    description: 'a number, or a decimal as a string',
  }),
  isTextTable: () => ({ type: 'object', additionalProperties: { type: 'string' } }),
};

/** The fields that a client may send, from the rules of a command's or query's class. */
export function schemaOf(type: new () => object): JsonSchema {
  const own = platformFieldsOf(type);
  const platform = new Set([...own.generated, ...own.filledIn]);
  const nested = nestedTypesOf(type);
  const properties: Record<string, JsonSchema> = {};
  const optional = new Set<string>();
  for (const { propertyName, type: kind, name, constraints, each } of metadataOf(type)) {
    if (platform.has(propertyName)) continue;
    if (kind === 'conditionalValidation') optional.add(propertyName);
    const said = rules[name ?? '']?.((constraints as unknown[] | undefined) ?? []) ?? {};
    properties[propertyName] = { ...properties[propertyName], ...(each ? { items: said } : said) };
  }
  for (const [field, shape] of nested) properties[field] = schemaOf(shape());
  const required = Object.keys(properties).filter((field) => !optional.has(field));
  return {
    type: 'object',
    properties,
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

function metadataOf(type: new () => object) {
  return getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
}
