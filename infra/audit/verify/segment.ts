import { InvariantBroken, messageOf } from '../../../domain/kernel/errors.js';
import type { SealedHeads, SealedHeadsReader } from './sealed-heads.js';

/** A piece of the log that is verified by itself: some seals, or what comes behind the last. */
export interface Segment {
  /** Everything after this position; undefined: from the beginning. */
  readonly after: bigint | undefined;
  /** Up to and including this position; undefined: to the end of the log. */
  readonly to: bigint | undefined;
  /** In their order; none behind the last seal. */
  readonly seals: readonly SealedHeads[];
}

/**
 * Cuts a log at its seals, into segments of so many leaves or a little more; the last one is what no seal holds. Where
 * it is cut depends on the log alone.
 *
 * @param onFault is told why the origin's log could not be read on; the last segment begins there
 */
export async function* segmentsOf(
  sealed: SealedHeadsReader,
  from: bigint | undefined,
  leavesPerSegment: number,
  onFault: (fault: string) => void,
): AsyncGenerator<Segment> {
  let after = from;
  let seals: SealedHeads[] = [];
  let leaves = 0;
  for (;;) {
    const seal = await sealed.nextSeal().catch((error: unknown) => {
      if (!(error instanceof InvariantBroken)) throw error;
      onFault(messageOf(error));
      return undefined;
    });
    if (seal) {
      seals.push(seal);
      for (const { before, after: grown } of seal.grown) leaves += grown[0] - before[0];
    }
    if (seals.length > 0 && (!seal || leaves >= leavesPerSegment)) {
      const to = seals.at(-1)?.to;
      yield { after, to, seals };
      after = to;
      seals = [];
      leaves = 0;
    }
    if (!seal) break;
  }
  yield { after, to: undefined, seals: [] };
}
