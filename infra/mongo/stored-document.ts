import { Long } from 'mongodb';
import { InvariantBroken, invariant } from '../../domain/kernel/errors.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../domain/kernel/json.js';
import { workspaceId } from '../../domain/kernel/names.js';
import { documentName, type StoredDocument } from '../../domain/kernel/ports/read-model-store.js';

/** A document as MongoDB holds it: its own fields beside those of the engine, which begin with an underscore. */
export interface StoredFields {
  /** `<workspace>/<id>`: no document can be addressed without its workspace. */
  readonly _id: string;
  readonly _ws: string;
  readonly _position: Long;
  /** A tombstone (rule P5). */
  readonly _deleted?: true;
  readonly [field: string]: unknown;
}

/** @throws InvariantBroken when a field of the document has a name of the engine's */
export function toStored({ document, position, ...key }: StoredDocument): StoredFields {
  const engine = { _id: documentName(key), _ws: key.workspace, _position: Long.fromBigInt(position) };
  if (document === undefined) return { ...engine, _deleted: true };
  for (const field of Object.keys(document))
    invariant(!/^[_$]/.test(field), `the field ${field} of a document is the engine's`);
  return { ...engine, ...renamed(document, toStoredName) };
}

export function fromStored({ _id, _ws, _position, _deleted, ...document }: StoredFields): StoredDocument {
  if (!(_position instanceof Long))
    throw new InvariantBroken('read-model.no-position', `${_id} bears no position`);
  return {
    workspace: workspaceId(_ws),
    id: _id.slice(_ws.length + 1),
    position: _position.toBigInt(),
    document: _deleted ? undefined : renamed(document as JsonObject, fromStoredName),
  };
}

/**
 * Names that BSON does not bear, or that the driver takes for something else than a name. People can write them, in
 * the tables of a mapping profile for one; a document that cannot be written would hold up its read model.
 */
const awkwardName = /\0|^%|^_bsontype$|^\$(?:ref|id|db)$/;

function toStoredName(name: string): string {
  return awkwardName.test(name) ? `%${encodeURIComponent(name)}` : name;
}

function fromStoredName(name: string): string {
  return name.startsWith('%') ? decodeURIComponent(name.slice(1)) : name;
}

function renamed(object: JsonObject, rename: (name: string) => string): JsonObject {
  const valueOf = (value: JsonValue): JsonValue => {
    if (Array.isArray(value)) return value.map(valueOf);
    return isJsonObject(value) ? renamed(value, rename) : value;
  };
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [rename(name), valueOf(value)]));
}
