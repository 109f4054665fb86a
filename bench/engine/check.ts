import { verifyLinks } from '../../infra/audit/verify-links.js';
import { EventStoreDbEventLog } from '../../infra/eventstore/eventstoredb-event-log.js';
import { MongoReadModelStore } from '../../infra/mongo/mongo-read-model-store.js';
import { print } from '../../apps/cli/terminal.js';
import { accountOf, balances, depositOf } from './account.js';
import type { Urls } from './stores.js';

/** Whether the read model of a database holds what the first `events` deposits of a history come to. */
export async function holdsBalances(
  { mongoUrl }: Urls,
  database: string,
  events: number,
  accounts: number,
): Promise<boolean> {
  const expected = new Map<string, { balance: number; deposits: number }>();
  for (let number = 0; number < events; number++) {
    const into = accountOf(number, accounts);
    const { balance, deposits } = expected.get(into) ?? { balance: 0, deposits: 0 };
    expected.set(into, { balance: balance + depositOf(number, into).amount, deposits: deposits + 1 });
  }
  const store = new MongoReadModelStore(mongoUrl, database);
  let wrong = 0;
  let found = 0;
  try {
    for await (const { id, document } of store.all(balances)) {
      found++;
      const { balance, deposits } = expected.get(id) ?? { balance: 0, deposits: 0 };
      if (document?.['balance'] !== balance || document['deposits'] !== deposits) wrong++;
    }
  } finally {
    await store.close();
  }
  if (wrong > 0 || found !== expected.size)
    print(`${database}: ${found} documents of ${expected.size}, ${wrong} of them wrong`);
  return wrong === 0 && found === expected.size;
}

/** Whether a log holds so many linked events beside its origin, all of some categories, every link of them whole. */
export async function holdsLinked(
  { eventStoreUrl }: Urls,
  categories: readonly string[],
  events: number,
): Promise<boolean> {
  const log = new EventStoreDbEventLog(eventStoreUrl);
  try {
    const { violations, events: found } = await verifyLinks(log, { audited: new Set(categories) });
    if (violations.length > 0 || found !== events + 1)
      print(`${found} linked events of ${events + 1}; ${violations.length} violations`);
    return violations.length === 0 && found === events + 1;
  } finally {
    await log.close();
  }
}
