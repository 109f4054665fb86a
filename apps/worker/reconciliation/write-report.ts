import { stringify } from 'csv-stringify/sync';
import { Readable } from 'node:stream';
import { InvariantBroken } from '../../../domain/kernel/errors.js';
import { parseStreamName } from '../../../domain/kernel/names.js';
import type { ReportContent, ReportTerms } from '../../../domain/reconciliation/reports/events.js';
import type { ComputationTools } from '../../../infra/engine/jobs/computation.js';
import { FoldedReadModel } from '../../../infra/engine/projections/folded-read-model.js';
import { EventCodec, type Sealer } from '../../../infra/eventstore/event-codec.js';
import { EventStoreDbEventLog } from '../../../infra/eventstore/eventstoredb-event-log.js';
import { breaks } from '../../../projections/reconciliation/breaks.js';
import {
  reportContent,
  type OpenBreakLine,
  type ReportedDocuments,
} from '../../../projections/reconciliation/report-content.js';
import { runs } from '../../../projections/reconciliation/runs.js';
import { settlements } from '../../../projections/reconciliation/settlements.js';

/** Folds the log up to the report's moment, as the read models are, and writes down what it comes to. */
export async function writeReport(
  terms: ReportTerms,
  { objects, sources: { eventStoreUrl } }: ComputationTools,
): Promise<ReportContent> {
  if (eventStoreUrl === undefined)
    throw new InvariantBroken('reconciliation.no-log', 'the report was not told where the log is');
  const log = new EventStoreDbEventLog(eventStoreUrl);
  try {
    const report = reportContent(terms, await documentsAsOf(terms, log));
    const store = async (text: string) => ({
      ...(await objects.put(Readable.from([Buffer.from(text)]))),
      rows: report.open.length,
    });
    return {
      json: await store(`${JSON.stringify(report, null, 2)}\n`),
      csv: await store(csvOf(report.open)),
    };
  } finally {
    await log.close();
  }
}

const codec = new EventCodec([runs.events, breaks.events, settlements.events], {
  seal: nothingErasable,
  open: nothingErasable,
} satisfies Sealer);

function nothingErasable(): Promise<never> {
  return Promise.reject(
    new InvariantBroken('reconciliation.erasable', 'a report is made of nothing that can be erased'),
  );
}

async function documentsAsOf(
  { workspace, asOf }: ReportTerms,
  log: EventStoreDbEventLog,
): Promise<ReportedDocuments> {
  const folded = {
    runs: new FoldedReadModel(runs, codec),
    breaks: new FoldedReadModel(breaks, codec),
    settlements: new FoldedReadModel(settlements, codec),
  };
  const last = BigInt(asOf.position);
  for await (const stored of log.readAll()) {
    if (stored.position > last) break;
    if (parseStreamName(stored.stream)?.workspace !== workspace) continue;
    for (const model of Object.values(folded)) model.apply(stored, asOf.time);
  }
  return {
    runs: folded.runs.all(),
    breaks: folded.breaks.all(),
    settlements: folded.settlements.all(),
  };
}

/** One line an open break. No cell can start a formula in a spreadsheet. */
function csvOf(open: readonly OpenBreakLine[]): string {
  const columns: readonly (keyof OpenBreakLine)[] = [
    'breakId',
    'runId',
    'tradeDate',
    'type',
    'internal',
    'broker',
    'symbol',
    'account',
    'currency',
    'notional',
    'severity',
    'state',
    'assignee',
    'ageDays',
    'reason',
  ];
  const rows = open.map((one) => ({
    ...one,
    internal: one.internal.join(' '),
    broker: one.broker.join(' '),
  }));
  return stringify(rows, {
    header: true,
    columns: [...columns],
    escape_formulas: true,
    record_delimiter: '\r\n',
  });
}
