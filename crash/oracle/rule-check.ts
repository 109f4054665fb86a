import { decimalOf } from '../../domain/kernel/decimal.js';
import type { JsonObject } from '../../domain/kernel/json.js';
import { answersOfBreaks } from './bulks.js';
import type { Census } from './census.js';
import { listOf, objectOf, textOf } from './effects.js';
import type { Violations } from './violations.js';

/** A rule that was in force when a run was asked for is applied to each break that it is for, once, and to no other. */
export function checkRules(census: Census, violations: Violations): void {
  const answers = answersOfBreaks(census);
  const hasFailed = new Set(
    [...census.category('breakBulk')].flatMap(([, events]) =>
      events.flatMap(({ type, data }) => (type === 'BreakBulkFailed' ? [data['bulkId']] : [])),
    ),
  );
  for (const [stream, events] of census.category('run')) {
    const requested = events.find(({ type }) => type === 'RunRequested');
    if (!requested || !events.some(({ type }) => type === 'RunCompleted')) continue;
    const breaks = events.flatMap(({ type, data }) => (type === 'BreaksFound' ? listOf(data['breaks']) : []));
    for (const { name, rule } of listOf(requested.data['resolutionRules'])) {
      const right = breaks.filter((found) => isFor(objectOf(rule), found)).length;
      const bulkId = `${textOf(requested.data['runId'])}.rule-${textOf(name)}`;
      const { applied = 0, refused = 0 } = answers.get(bulkId) ?? {};
      const times = applied + refused;
      // A bulk that was given up is in its job's account.
      const isGivenUp = hasFailed.has(bulkId) && times < right;
      if (times !== right && !isGivenUp)
        violations.add(
          times < right ? 'lost' : 'doubled',
          `${stream}: the rule ${textOf(name)} is for ${right} breaks, and was applied ${times} times`,
        );
    }
  }
}

/** The conditions that the rules of the load have. */
function isFor({ types, currency, account, notionalUpTo }: JsonObject, found: JsonObject): boolean {
  return (
    Array.isArray(types) &&
    types.includes(textOf(found['type'])) &&
    currency === found['currency'] &&
    (account === undefined || account === found['account']) &&
    decimalOf(textOf(found['notional'])) <= decimalOf(textOf(notionalUpTo))
  );
}
