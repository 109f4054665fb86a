import type { Stores } from '../../apps/cli/stores.js';
import { breakBulks } from '../../projections/reconciliation/break-bulks.js';
import { answersOfBreaks, promisedBulks } from './bulks.js';
import type { Census, CountedEvent } from './census.js';
import { objectOf, textOf } from './effects.js';
import type { Violations } from './violations.js';

/** A break that is so already does not answer these: `escalate` and `restore`. Ours is assigned to somebody new. */
const alwaysAnswered = new Set(['assign', 'comment', 'resolve', 'reopen', 'clear']);

/** Every bulk is what its breaks say: each answered it once, and its page counts the same. */
export async function checkBulks(
  census: Census,
  { store }: Pick<Stores, 'store'>,
  violations: Violations,
): Promise<void> {
  const answers = answersOfBreaks(census);
  const answered = (bulkId: string) => answers.get(bulkId) ?? { applied: 0, proposed: 0, refused: 0 };
  const asked = new Map<string, CountedEvent>();
  for (const [, events] of census.category('breakBulk')) {
    const requested = events.find(({ type }) => type === 'BreakBulkRequested');
    const completed = events.find(({ type }) => type === 'BreakBulkCompleted');
    if (!requested) continue;
    const bulkId = textOf(requested.data['bulkId']);
    asked.set(bulkId, requested);
    if (completed) checkCompleted(bulkId, requested, completed, answered(bulkId), violations);
  }
  for (const { bulkId, breaks } of promisedBulks(census)) {
    const rows = objectOf(asked.get(bulkId)?.data['breaks'])['rows'];
    if (rows !== breaks)
      violations.add('lost', `the bulk ${bulkId} is of ${textOf(rows)} breaks, promised for ${breaks}`);
  }
  const [pointer] = (await store.pointers()).filter(({ name }) => name === breakBulks.name);
  for await (const { document } of store.live({ ...breakBulks, ...pointer?.serving })) {
    if (!document) continue;
    const { bulkId, applied, proposed, refused } = document;
    const shown = JSON.stringify({ applied, proposed, refused });
    const right = JSON.stringify(answered(textOf(bulkId)));
    if (shown !== right)
      violations.add('drift', `the bulk ${textOf(bulkId)} shows ${shown}, its breaks say ${right}`);
  }
}

function checkCompleted(
  bulkId: string,
  requested: CountedEvent,
  completed: CountedEvent,
  { applied, refused }: { readonly applied: number; readonly refused: number },
  violations: Violations,
): void {
  const rows = Number(objectOf(requested.data['breaks'])['rows']);
  if (completed.data['breaks'] !== rows)
    violations.add('lost', `the bulk ${bulkId} was asked for ${rows} breaks, and did others`);
  const answers = applied + refused;
  if (answers > rows)
    violations.add('doubled', `the bulk ${bulkId} of ${rows} breaks was answered by ${answers}`);
  if (answers < rows && alwaysAnswered.has(textOf(objectOf(requested.data['action'])['kind'])))
    violations.add('lost', `the bulk ${bulkId} of ${rows} breaks was answered by ${answers}`);
}
