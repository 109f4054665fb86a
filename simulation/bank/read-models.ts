import { openJobs } from '../../infra/engine/jobs/open-jobs.js';
import { sagaList } from '../../projections/engine/sagas.js';
import { deleted, projection, type AnyProjection } from '../../projections/kernel/projection.js';
import { accountEvents, type AccountEvent } from './account.js';
import { reportJob } from './report.js';

export interface Statement {
  readonly account: string;
  readonly balance: number;
  /** Every entry, so that one applied twice, or never, shows. */
  readonly entries: readonly string[];
}

export interface NameHolder {
  readonly name: string;
  readonly account: string;
}

const { Deposited, Withdrawn, OrderPlaced, Renamed } = accountEvents;

type StatementEvent = Exclude<AccountEvent, { type: 'Renamed' }>;

/** One document for each account; knows nothing of names. */
export const statements = projection<Statement, StatementEvent>({
  name: 'statements',
  version: 1,
  events: { Deposited, Withdrawn, OrderPlaced },
  key: ({ data }) => data.account,
  on: {
    Deposited: (before, event) => entered(before, event.data.account, event.data.amount, event.id),
    Withdrawn: (before, event) => entered(before, event.data.account, -event.data.amount, event.id),
    OrderPlaced: (before, event) => entered(before, event.data.account, 0, event.id),
  },
});

/** One document for each name: given up in one lane, taken in another, deleted and made again. */
export const nameHolders = projection<NameHolder, Extract<AccountEvent, { type: 'Renamed' }>>({
  name: 'name-holders',
  version: 1,
  events: { Renamed },
  key: ({ data }) => (data.before === '' ? data.name : [data.before, data.name]),
  on: {
    Renamed: (_before, { data }, name) => (name === data.name ? { name, account: data.account } : deleted),
  },
});

/** Reports that were asked for and have no outcome. */
export const openReports = openJobs([reportJob]);

export const projections: readonly AnyProjection[] = [statements, nameHolders, openReports, sagaList];

function entered(before: Statement | undefined, account: string, amount: number, entry: string): Statement {
  const { balance = 0, entries = [] } = before ?? {};
  return { account, balance: balance + amount, entries: [...entries, entry] };
}
