import { InvalidRequest } from '../../domain/kernel/errors.js';
import type { JsonObject, JsonValue } from '../../domain/kernel/json.js';

/** Deeper nesting than this is refused. */
const maximumDepth = 64;
const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype']);
const loneSurrogate = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

/**
 * The canonical form of a parsed JSON value: RFC 8785 (JCS). JavaScript's own number and string forms are the
 * standard's, so only the order of keys is left to settle: by UTF-16 code units.
 */
export function canonicalJson(value: JsonValue): string {
  // Several times as fast, and the same where all keys stand in their order already.
  return isInOrder(value) ? JSON.stringify(value) : sortedJson(value);
}

function sortedJson(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const object = value as JsonObject;
    const members = Object.keys(object)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${sortedJson(object[key] ?? null)}`);
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(value);
}

/** Whether a value is plain JSON whose every object has its keys in the order of RFC 8785. */
function isInOrder(value: unknown): boolean {
  if (typeof value !== 'object') return typeof value !== 'undefined';
  if (value === null) return true;
  if (Array.isArray(value)) return value.every(isInOrder);
  const object = value as Readonly<Record<string, unknown>>;
  if (object['toJSON'] !== undefined) return false;
  let before: string | undefined;
  for (const key of Object.keys(object)) {
    if (before !== undefined && key <= before) return false;
    if (!isInOrder(object[key])) return false;
    before = key;
  }
  return true;
}

/**
 * Turns what a decider gave into what is stored: serialised once, and its own text parsed (rule F4).
 * `undefined` properties drop out.
 *
 * @throws InvalidRequest `json.refused` with the path of what cannot be hashed the same way everywhere (I-JSON)
 */
export function toStorableJson(value: object): JsonObject {
  refuseUnstorable(value);
  const parsed: unknown = JSON.parse(JSON.stringify(value));
  return parsed as JsonObject;
}

/** The gate before any hash. @throws InvalidRequest `json.refused` for what would not be read back as it is */
export function refuseUnstorable(value: unknown, path = '', depth = 0): void {
  if (depth > maximumDepth) refuse(path, `is nested deeper than ${maximumDepth}`);
  switch (typeof value) {
    case 'number':
      if (!Number.isFinite(value)) refuse(path, 'is not a finite number');
      if (Number.isInteger(value) && !Number.isSafeInteger(value))
        refuse(path, 'is an integer beyond 2^53 − 1');
      return;
    case 'string':
      if (loneSurrogate.test(value)) refuse(path, 'holds half of a surrogate pair');
      return;
    case 'bigint':
    case 'function':
    case 'symbol':
    case 'undefined':
      refuse(path, `is a ${typeof value}, which JSON does not know`);
      return;
    case 'object':
      if (value === null) return;
      if (Array.isArray(value)) {
        // A hole reads as undefined here, and is refused with it.
        for (let index = 0; index < value.length; index++)
          refuseUnstorable(value[index], `${path}/${index}`, depth + 1);
        return;
      }
      if ('toJSON' in value) refuse(path, 'is not plain data');
      for (const [key, member] of Object.entries(value)) {
        if (forbiddenKeys.has(key)) refuse(`${path}/${key}`, 'is a forbidden name');
        if (loneSurrogate.test(key)) refuse(path, 'has a name that holds half of a surrogate pair');
        if (member !== undefined) refuseUnstorable(member, `${path}/${key}`, depth + 1);
      }
      return;
    case 'boolean':
      return;
  }
}

function refuse(path: string, problem: string): never {
  throw new InvalidRequest('json.refused', `${path || 'the value'} ${problem}`, { path });
}
