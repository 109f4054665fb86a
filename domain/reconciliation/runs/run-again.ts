import { Rejected } from '../../kernel/errors.js';
import type { RunAgain } from './commands.js';
import { continuing } from '../carry-forward/continuing.js';
import type { RunBook, RunTerms } from './events.js';
import { bookOf, type Upload } from '../uploads/upload.js';

/**
 * The terms of a run, with the uploads that are in the place of its own by now. Its matches may be settled already: they
 * are not settled again. What it found and is found again stays the same break.
 *
 * @throws Rejected `reconciliation.unknown-run`, `reconciliation.nothing-changed`, `reconciliation.no-uploads-left`
 */
export function termsAgain(command: RunAgain): RunTerms {
  const { runId, original, terms, manifest, unmade, carriedRuns, inPlace } = command;
  if (!terms)
    throw new Rejected('reconciliation.unknown-run', `there is no run ${original} that could be run again`);
  const { internal, broker } = inPlace;
  if (isSame(terms.internal, internal) && isSame(terms.broker, broker))
    throw new Rejected('reconciliation.nothing-changed', `the uploads of run ${original} are all in use`);
  if (internal.length === 0 || broker.length === 0)
    throw new Rejected('reconciliation.no-uploads-left', `a side of run ${original} has no uploads any more`);
  const { settle: _settle, continues, carryForward, ...kept } = terms;
  return {
    ...kept,
    runId,
    internal,
    broker,
    again: original,
    ...(carryForward && { carryForward: { ...carryForward, runs: carriedRuns ?? carryForward.runs } }),
    ...continuing({ runId: original, manifest, continues, unmade }),
  };
}

/**
 * What is in the place of a run's uploads: each itself, or the one at the end of those that superseded it, or nothing
 * where that one was withdrawn; each once.
 *
 * @param read what has become of an upload
 */
export async function booksInPlace(
  books: readonly RunBook[],
  read: (uploadId: string) => Promise<Upload>,
): Promise<readonly RunBook[]> {
  const found = new Map<string, RunBook>();
  for (const { uploadId } of books) {
    const book = await bookInPlace(uploadId, read);
    if (book) found.set(book.uploadId, book);
  }
  return [...found.values()];
}

async function bookInPlace(
  first: string,
  read: (uploadId: string) => Promise<Upload>,
): Promise<RunBook | undefined> {
  // Two uploads may each have been put in the other's place at the same moment.
  const passed = new Set<string>();
  let next: string | undefined = first;
  while (next !== undefined && !passed.has(next)) {
    passed.add(next);
    const upload = await read(next);
    if (!upload.withdrawal) return bookOf(next, upload);
    next = upload.withdrawal.by;
  }
  return undefined;
}

function isSame(books: readonly RunBook[], others: readonly RunBook[]): boolean {
  return (
    books.length === others.length && books.every(({ uploadId }, at) => others[at]?.uploadId === uploadId)
  );
}
