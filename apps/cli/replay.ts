import { checkReplay, type ReplayReport } from '../../infra/engine/projections/replay-check.js';
import type { AnyProjection } from '../../projections/kernel/projection.js';
import type { Configuration } from '../config/configuration.js';
import { projections } from '../config/contexts.js';
import { Misuse, exitCodes } from './exit-codes.js';
import { withStores, type Stores } from './stores.js';
import { print, progressBar, table } from './terminal.js';

export interface ReplayOptions {
  readonly check: boolean;
  readonly json: boolean;
}

export async function replay(
  configuration: Configuration,
  names: readonly string[],
  options: ReplayOptions,
): Promise<number> {
  if (!options.check) throw new Misuse('replay needs --check: it compares, and changes nothing');
  const chosen = names.length === 0 ? projections : names.map(named);
  const reports = await withStores(configuration, (stores) => replayStores(stores, chosen));
  const holds = reports.every(({ drift }) => drift.length === 0);
  print(options.json ? JSON.stringify({ holds, readModels: reports }) : describeReplay(reports));
  return holds ? exitCodes.holds : exitCodes.violated;
}

export async function replayStores(
  stores: Stores,
  chosen: readonly AnyProjection[],
): Promise<readonly ReplayReport[]> {
  const progress = progressBar('replaying', await stores.log.head());
  const reports = await checkReplay(chosen, {
    ...stores,
    onProgress: (position, events) => progress.show(position, events),
  });
  progress.done();
  return reports;
}

export function describeReplay(reports: readonly ReplayReport[]): string {
  const rows = reports.map(({ readModel, version, documents, drift, applied }) => [
    `${readModel} v${version}`,
    documents,
    drift.length,
    applied ?? 'nothing yet',
  ]);
  const summary = table([['Read model', 'documents', 'drifted', 'applied to'], ...rows]);
  const drifted = reports.flatMap(({ readModel, drift }) =>
    drift.slice(0, 5).map(({ document, difference }) => `${readModel}: ${document} is ${difference}`),
  );
  return drifted.length === 0
    ? `${summary}\n\nReplay equals read model.`
    : `${summary}\n\nDRIFTED:\n${drifted.join('\n')}`;
}

function named(name: string): AnyProjection {
  const found = projections.find((projection) => projection.name === name);
  if (!found)
    throw new Misuse(
      `there is no read model ${name}; there are ${projections.map((one) => one.name).join(', ')}`,
    );
  return found;
}
