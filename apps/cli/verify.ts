import { verifyLinks, type LinkReport } from '../../infra/audit/verify-links.js';
import type { Configuration } from '../config/configuration.js';
import { auditedCategories } from '../config/contexts.js';
import { exitCodes } from './exit-codes.js';
import { withStores, type Stores } from './stores.js';
import { print, progressBar, table } from './terminal.js';

export async function verify(
  configuration: Configuration,
  { json }: { readonly json: boolean },
): Promise<number> {
  const report = await withStores(configuration, verifyStores);
  print(json ? JSON.stringify({ holds: report.violations.length === 0, ...report }) : describeLinks(report));
  return report.violations.length === 0 ? exitCodes.holds : exitCodes.violated;
}

export async function verifyStores({ log }: Stores): Promise<LinkReport> {
  const progress = progressBar('verifying', await log.head());
  const report = await verifyLinks(log, {
    audited: auditedCategories,
    onProgress: (position, events) => progress.show(position, events),
  });
  progress.done();
  return report;
}

export function describeLinks({
  events,
  streams,
  bookkeeping,
  passedOver,
  violations,
  origin,
}: LinkReport): string {
  const summary = table([
    ['The chain', ''],
    ['origin', origin ?? 'none yet'],
    ['linked events', events],
    ['streams', streams],
    ['bookkeeping streams', bookkeeping],
    ['streams passed over', passedOver.length],
    ['violations', violations.length],
  ]);
  const [first] = violations;
  if (!first) return `${summary}\n\nEvery link and every id holds.`;
  return `${summary}\n\nVIOLATED, first at ${first.stream}, revision ${first.revision}, position ${first.position} (${first.type}): ${first.fault}.`;
}
