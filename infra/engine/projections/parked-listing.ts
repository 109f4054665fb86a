import {
  documentName,
  type ReadModelVersion,
  type StoredDocument,
  type UnkeyedEvent,
} from '../../../domain/kernel/ports/read-model-store.js';

/** A parked event, for people. */
export interface ParkedListing {
  readonly readModel: string;
  readonly version: number;
  readonly build: number;
  readonly workspace: string;
  /** `<workspace>/<id>`; null for an event whose documents cannot be told. */
  readonly document: string | null;
  /** In decimal. */
  readonly position: string;
  readonly stream: string;
  readonly type: string;
  readonly reason: string;
  /** How many later events of the document wait behind it. */
  readonly waiting: number;
}

/** One entry for a document that has something parked, none for others. */
export function parkedListing(
  { name, version, build = 0 }: ReadModelVersion,
  document: StoredDocument,
): readonly ParkedListing[] {
  if (!document.parked) return [];
  const { position, waiting, stream, type, reason } = document.parked;
  return [
    {
      readModel: name,
      version,
      build,
      workspace: document.workspace,
      document: documentName(document),
      position: position.toString(),
      stream,
      type,
      reason,
      waiting: waiting.length,
    },
  ];
}

export function unkeyedListing(
  { name, version, build = 0 }: ReadModelVersion,
  { workspace, position, stream, type, reason }: UnkeyedEvent,
): ParkedListing {
  return {
    readModel: name,
    version,
    build,
    workspace,
    document: null,
    position: position.toString(),
    stream,
    type,
    reason,
    waiting: 0,
  };
}
