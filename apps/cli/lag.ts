import { measureLag } from '../../infra/engine/projections/lag.js';
import type { Configuration } from '../config/configuration.js';
import { projections } from '../config/contexts.js';
import { exitCodes } from './exit-codes.js';
import { withStores } from './stores.js';
import { print, table } from './terminal.js';

export async function lag(
  configuration: Configuration,
  { json }: { readonly json: boolean },
): Promise<number> {
  const reports = await withStores(configuration, ({ log, store }) =>
    measureLag(projections, log, store, Date.now()),
  );
  const rows = reports.map(({ readModel, version, events, seconds, applied }) => [
    `${readModel} v${version}`,
    events,
    seconds,
    applied ?? 'nothing yet',
  ]);
  print(
    json
      ? JSON.stringify({ readModels: reports })
      : table([['Read model', 'events behind', 'seconds behind', 'applied to'], ...rows]),
  );
  return exitCodes.holds;
}
