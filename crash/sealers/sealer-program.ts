import { pathToFileURL } from 'node:url';
import pino from 'pino';
import { SigningKeys } from '../../infra/audit/keys/signing-keys.js';
import { AnchorDirectory } from '../../infra/audit/publishing/anchor-directory.js';
import { Publication } from '../../infra/audit/publishing/publication.js';
import { SealLoop } from '../../infra/audit/sealing/seal-loop.js';
import { Sealer, logNameOf } from '../../infra/audit/sealing/sealer.js';
import { FileTileStore } from '../../infra/audit/tiles/file-tile-store.js';
import { EventStoreDbEventLog } from '../../infra/eventstore/eventstoredb-event-log.js';
import { randomIds } from '../../infra/system/random-ids.js';
import { systemClock } from '../../infra/system/system-clock.js';
import type { Places } from './places.js';
import { filterName, filtersKnownTo, type Version } from './versions.js';

export interface SealerOrder {
  readonly places: Places;
  readonly url: string;
  readonly origin: string;
  readonly version: Version;
}

/** What it says to whoever started it. */
export type SealerReport = { readonly kind: 'runs' } | { readonly kind: 'incident'; readonly says: string };

/** Small, so that a stop often leaves work behind that more than one seal takes. */
const mostLeaves = 30;
const everyMs = 15;

/**
 * One sealer as the product runs it, without a lease: it believes that it is the one, always. It ends with whoever
 * started it.
 */
function run({ places, url, origin, version }: SealerOrder): void {
  const keys = new SigningKeys(logNameOf(origin), { kind: 'files', directory: places.keys });
  const publication = new Publication({
    directory: places.audit,
    anchor: new AnchorDirectory(places.anchors),
  });
  const sealer = new Sealer({
    log: new EventStoreDbEventLog(url),
    tiles: new FileTileStore(places.audit),
    origin,
    keys: () => keys.all(),
    filters: filtersKnownTo(version),
    filter: filterName[version],
    clock: systemClock,
    ids: randomIds,
    mostLeaves,
    resumeEvery: 16,
    publish: ({ checkpoint }) => publication.publish(checkpoint),
  });
  const loop = new SealLoop({ sealer, logger: pino({ level: 'silent' }), everyMs });
  process.once('disconnect', () => process.exit());
  loop.start();
  report({ kind: 'runs' });
  const look = setInterval(() => {
    if (loop.incident === undefined) return;
    clearInterval(look);
    report({ kind: 'incident', says: loop.incident });
  }, everyMs);
}

function report(message: SealerReport): void {
  process.send?.(message);
}

const [, entry = '', order] = process.argv;
if (import.meta.url === pathToFileURL(entry).href && order !== undefined)
  run(JSON.parse(order) as SealerOrder);
