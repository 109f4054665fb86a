import { InvalidRequest } from '../../../domain/kernel/errors.js';
import { hashBytes } from '../merkle/hashing.js';

/** What a log says of itself (C2SP tlog-checkpoint): signed as a note, it cannot be taken back. */
export interface Checkpoint {
  /** Names the log, for ever. */
  readonly origin: string;
  /** Leaves. */
  readonly size: number;
  readonly root: Buffer;
  /** Lines of one's own, none empty. */
  readonly extensions: readonly string[];
}

/** The text of the note. */
export function checkpointText({ origin, size, root, extensions }: Checkpoint): string {
  return [origin, String(size), root.toString('base64'), ...extensions, ''].join('\n');
}

/** @throws InvalidRequest `checkpoint.malformed` */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin = '', size = '', encoded = '', ...rest] = text.split('\n');
  const root = Buffer.from(encoded, 'base64');
  const leaves = Number(size);
  if (
    origin === '' ||
    !/^(?:0|[1-9][0-9]*)$/.test(size) ||
    !Number.isSafeInteger(leaves) ||
    root.length !== hashBytes ||
    root.toString('base64') !== encoded ||
    rest.pop() !== '' ||
    rest.includes('')
  )
    throw new InvalidRequest('checkpoint.malformed', 'a checkpoint is its origin, its size and its root');
  return { origin, size: leaves, root, extensions: rest };
}
