import { Long } from 'mongodb';
import { InvariantBroken, codeOf, invariant, messageOf } from '../../domain/kernel/errors.js';
import type { JsonObject } from '../../domain/kernel/json.js';
import { workspaceId } from '../../domain/kernel/names.js';
import {
  beforeAnyEvent,
  documentName,
  type ParkedEvent,
  type StoredDocument,
} from '../../domain/kernel/ports/read-model-store.js';
import { fromStoredValues, toStoredValues } from './stored-names.js';

interface StoredParked {
  readonly position: Long;
  readonly stream: string;
  readonly type: string;
  readonly reason: string;
  readonly waiting: readonly Long[];
}

/** A document as MongoDB holds it: its own fields beside those of the engine, which begin with an underscore. */
export interface StoredFields {
  /** `<workspace>/<id>`: no document can be addressed without its workspace. */
  readonly _id: string;
  readonly _ws: string;
  readonly _position: Long;
  /** A tombstone (rule P5). */
  readonly _deleted?: true;
  /** Neither a document nor a tombstone: it holds what is parked, until the first event can be applied. */
  readonly _hidden?: true;
  /** Moved by every change of what is parked; absent until the first (rule P3). */
  readonly _mark?: number;
  readonly _parked?: StoredParked;
  /** An event that was parked by itself, since its documents could not be told. */
  readonly _unkeyed?: true;
  readonly [field: string]: unknown;
}

/** What is a document to people: neither deleted nor hidden. */
export const isLive = { _deleted: { $ne: true }, _hidden: { $ne: true } } as const;

/** @throws InvariantBroken when a field of the document has a name of the engine's */
export function toStored({ document, position, mark, parked, ...key }: StoredDocument): StoredFields {
  const engine = {
    _id: documentName(key),
    _ws: key.workspace,
    _position: Long.fromBigInt(position),
    ...(mark !== undefined && { _mark: mark }),
    ...(parked && { _parked: toStoredParked(parked) }),
  };
  if (document === undefined)
    return position === beforeAnyEvent ? { ...engine, _hidden: true } : { ...engine, _deleted: true };
  for (const field of Object.keys(document))
    invariant(!/^[_$]/.test(field), `the field ${field} of a document is the engine's`);
  return { ...engine, ...toStoredValues(document) };
}

/** @throws InvariantBroken `read-model.unreadable` when the engine did not write it */
export function fromStored(stored: StoredFields): StoredDocument {
  const { _id, _ws, _position, _deleted, _hidden, _mark, _parked, _unkeyed, ...document } = stored;
  if (!(_position instanceof Long)) throw unreadable(_id, `${_id} bears no position`);
  try {
    return {
      workspace: workspaceId(_ws),
      id: _id.slice(_ws.length + 1),
      position: _position.toBigInt(),
      document: _deleted || _hidden ? undefined : fromStoredValues(document as JsonObject),
      ...(_mark !== undefined && { mark: _mark }),
      ...(_parked && { parked: fromStoredParked(_parked) }),
    };
  } catch (error) {
    throw unreadable(_id, messageOf(error));
  }
}

/** Whether an error is about one document, and not about the store. */
export function isUnreadable(error: unknown): boolean {
  return codeOf(error) === 'read-model.unreadable';
}

function unreadable(name: string, reason: string): InvariantBroken {
  return new InvariantBroken('read-model.unreadable', reason, { document: name });
}

function toStoredParked({ position, waiting, ...rest }: ParkedEvent): StoredParked {
  return {
    ...rest,
    position: Long.fromBigInt(position),
    waiting: waiting.map((one) => Long.fromBigInt(one)),
  };
}

function fromStoredParked({ position, waiting, ...rest }: StoredParked): ParkedEvent {
  return { ...rest, position: position.toBigInt(), waiting: waiting.map((one) => one.toBigInt()) };
}
