import { isJsonObject, type JsonObject, type JsonValue } from '../../domain/kernel/json.js';

/**
 * Names that BSON does not bear, or that the driver takes for something else than a name. People can write them, in
 * the tables of a mapping profile for one; a document that cannot be written would hold up its read model.
 */
const awkwardName = /\0|^%|^_bsontype$|^\$(?:ref|id|db)$/;

/** A document's values, with names that can be stored. */
export function toStoredValues(document: JsonObject): JsonObject {
  return renamed(document, (name) => (awkwardName.test(name) ? `%${encodeURIComponent(name)}` : name));
}

export function fromStoredValues(stored: JsonObject): JsonObject {
  return renamed(stored, (name) => (name.startsWith('%') ? decodeURIComponent(name.slice(1)) : name));
}

function renamed(object: JsonObject, rename: (name: string) => string): JsonObject {
  const valueOf = (value: JsonValue): JsonValue => {
    if (Array.isArray(value)) return value.map(valueOf);
    return isJsonObject(value) ? renamed(value, rename) : value;
  };
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [rename(name), valueOf(value)]));
}
