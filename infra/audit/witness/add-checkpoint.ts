import { InvalidRequest } from '../../../domain/kernel/errors.js';
import { hashBytes } from '../merkle/hashing.js';

/** The body of a witness's `add-checkpoint` (C2SP tlog-witness). */
export interface AddCheckpoint {
  /** Size of the log that the witness saw last, as far as the sender knows. */
  readonly oldSize: number;
  /** That the checkpoint's log begins with that one; empty when `oldSize` is 0. */
  readonly proof: readonly Buffer[];
  /** The signed note. */
  readonly checkpoint: string;
}

/** A proof has no more hashes than this (C2SP tlog-witness). */
const longestProof = 63;

export function encodeAddCheckpoint({ oldSize, proof, checkpoint }: AddCheckpoint): string {
  return [`old ${oldSize}`, ...proof.map((one) => one.toString('base64')), '', checkpoint].join('\n');
}

/** @throws InvalidRequest `witness.malformed` */
export function parseAddCheckpoint(body: string): AddCheckpoint {
  const end = body.indexOf('\n\n');
  const [first = '', ...encoded] = body.slice(0, Math.max(end, 0)).split('\n');
  const [, size = ''] = /^old (0|[1-9][0-9]*)$/.exec(first) ?? [];
  const proof = encoded.map((text) => Buffer.from(text, 'base64'));
  const whole = proof.every(
    (one, index) => one.length === hashBytes && one.toString('base64') === encoded[index],
  );
  if (end < 0 || size === '' || !Number.isSafeInteger(Number(size)) || !whole || proof.length > longestProof)
    throw new InvalidRequest(
      'witness.malformed',
      'it is "old <size>", a proof, an empty line and a checkpoint',
    );
  return { oldSize: Number(size), proof, checkpoint: body.slice(end + 2) };
}
