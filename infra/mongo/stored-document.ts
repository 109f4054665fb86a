import { Long } from 'mongodb';
import { InvariantBroken } from '../../domain/kernel/errors.js';
import type { JsonObject } from '../../domain/kernel/json.js';
import { workspaceId } from '../../domain/kernel/names.js';
import type { DocumentKey, StoredDocument } from '../../domain/kernel/ports/read-model-store.js';

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

export function storedId({ workspace, id }: DocumentKey): string {
  return `${workspace}/${id}`;
}

export function toStored({ document, position, ...key }: StoredDocument): StoredFields {
  const engine = { _id: storedId(key), _ws: key.workspace, _position: Long.fromBigInt(position) };
  return document === undefined ? { ...engine, _deleted: true } : { ...engine, ...document };
}

export function fromStored({ _id, _ws, _position, _deleted, ...document }: StoredFields): StoredDocument {
  if (!(_position instanceof Long))
    throw new InvariantBroken('read-model.no-position', `${_id} bears no position`);
  return {
    workspace: workspaceId(_ws),
    id: _id.slice(_ws.length + 1),
    position: _position.toBigInt(),
    document: _deleted ? undefined : (document as JsonObject),
  };
}
