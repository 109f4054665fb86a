import { Rejected } from '../../kernel/errors.js';
import { continuing } from '../carry-forward/continuing.js';
import { daysBefore, type CarryForward } from '../carry-forward/terms.js';
import type { ContinueRun, RequestRun } from './commands.js';
import type { RunBook, RunTerms } from './events.js';
import { tolerancesOf } from './run-tolerances.js';
import type { BookSide } from '../trade-record.js';

/**
 * What a new run is to compare, and what it is judged by.
 *
 * @throws Rejected `reconciliation.unknown-upload`, `reconciliation.wrong-side`, and what `tolerancesOf` refuses
 */
export function termsAsked(command: RequestRun): RunTerms {
  const { runId, tradeDate, internal, broker, books } = command;
  const { settle, breakPolicy, crossReference, resolutionRules } = command;
  return {
    runId,
    tradeDate,
    internal: booksOf('internal', internal, books),
    broker: booksOf('broker', broker, books),
    ...tolerancesOf(command),
    ...(crossReference && { crossReference }),
    ...(resolutionRules && { resolutionRules }),
    ...(settle === true && { settle }),
    ...(breakPolicy && { breakPolicy }),
    ...carriedInto(command),
  };
}

/**
 * An earlier run's terms, with further uploads.
 *
 * @throws Rejected `reconciliation.run-not-completed`, `reconciliation.unknown-upload`, `reconciliation.wrong-side`
 */
export function termsContinued(command: ContinueRun): RunTerms {
  const { runId, continues, internal = [], broker = [], books, earlier, breakPolicy } = command;
  if (!earlier?.manifest.standing)
    throw new Rejected('reconciliation.run-not-completed', `run ${continues} cannot be continued`);
  const { manifest, terms, unmade } = earlier;
  // Its matches may be settled already: they would be settled twice.
  const { settle: _settle, ...kept } = terms;
  return {
    ...kept,
    runId,
    internal: withFurther(terms.internal, booksOf('internal', internal, books)),
    broker: withFurther(terms.broker, booksOf('broker', broker, books)),
    ...(breakPolicy && { breakPolicy }),
    ...continuing({ runId: continues, manifest, continues: terms.continues, unmade }),
  };
}

/** The books of the uploads that are named, in the order in which they are. */
function booksOf(side: BookSide, uploads: readonly string[], books: readonly RunBook[]): readonly RunBook[] {
  return uploads.map((uploadId) => {
    const book = books.find((candidate) => candidate.uploadId === uploadId);
    if (!book)
      throw new Rejected('reconciliation.unknown-upload', `there is no upload ${uploadId}`, { uploadId });
    if (book.side !== side)
      throw new Rejected('reconciliation.wrong-side', `upload ${uploadId} is of the ${book.side} side`, {
        uploadId,
      });
    return book;
  });
}

/** One that was there before is no further one. */
function withFurther(books: readonly RunBook[], further: readonly RunBook[]): readonly RunBook[] {
  const known = new Set(books.map(({ uploadId }) => uploadId));
  return [...books, ...further.filter(({ uploadId }) => !known.has(uploadId))];
}

function carriedInto({ tradeDate, carryForward, carriedRuns = [] }: RequestRun): {
  readonly carryForward?: CarryForward;
} {
  if (!carryForward) return {};
  const { days } = carryForward;
  return { carryForward: { days, from: daysBefore(tradeDate, days), runs: carriedRuns } };
}
