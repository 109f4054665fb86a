import { measureLag } from '../../infra/engine/projections/lag.js';
import type { Configuration } from '../config/configuration.js';
import { projections } from '../config/contexts.js';
import { manualClockOf } from '../config/platform-clock.js';
import { exitCodes } from './exit-codes.js';
import { withStores } from './stores.js';
import { print, table } from './terminal.js';

export async function lag(
  configuration: Configuration,
  { json }: { readonly json: boolean },
): Promise<number> {
  const reports = await withStores(configuration, async ({ log, store, codec }) => {
    // What was recorded under a manual clock is as old as that clock says.
    const set = await manualClockOf(log, codec).last();
    return measureLag(projections, log, store, set === undefined ? Date.now() : Date.parse(set));
  });
  const rows = reports.map(({ readModel, version, build, state, events, seconds, parked, applied }) => [
    `${readModel} v${version}${build === 0 ? '' : `.${build}`}`,
    state,
    events,
    seconds,
    parked,
    applied ?? 'nothing yet',
  ]);
  print(
    json
      ? JSON.stringify({ readModels: reports })
      : table([['Read model', 'state', 'events behind', 'seconds behind', 'parked', 'applied to'], ...rows]),
  );
  return exitCodes.holds;
}
