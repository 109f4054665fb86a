import { decodeVerifierKey } from '../../infra/audit/notes/note-key.js';
import { AuditLogs } from '../../infra/audit/log/audit-logs.js';
import { AnchorDirectory } from '../../infra/audit/publishing/anchor-directory.js';
import { Publication } from '../../infra/audit/publishing/publication.js';
import { WitnessFeed } from '../../infra/audit/publishing/witness-feed.js';
import { SealLoop } from '../../infra/audit/sealing/seal-loop.js';
import { Sealer } from '../../infra/audit/sealing/sealer.js';
import { WitnessClient } from '../../infra/audit/witness/witness-client.js';
import { tilesOf } from '../config/audit.js';
import { leafFilters, newestFilter } from '../config/audit-filters.js';
import { auditDirectoryOf } from '../config/data-directories.js';
import type { Platform } from '../config/platform.js';

export interface Sealing {
  readonly loop: SealLoop;
  /** Undefined without witnesses. */
  readonly feed: WitnessFeed | undefined;
  stop(): Promise<void>;
}

/** Seals what is audited: one process of all that run this does, the others stand by. */
export function startSealing(platform: Platform): Sealing {
  const { configuration, log, origin, signingKeys, clock, ids, leases, logger, troubles } = platform;
  const tiles = tilesOf(configuration);
  const directory = auditDirectoryOf(configuration);
  const { witnesses, anchorDirectory } = configuration.audit;
  const clients = witnesses.map(({ key, url }) => new WitnessClient({ url, key: decodeVerifierKey(key) }));
  const feed =
    clients.length === 0
      ? undefined
      : new WitnessFeed({ clients, log: new AuditLogs(tiles).originLog(), directory, logger });
  const publication = new Publication({
    directory,
    ...(anchorDirectory !== undefined && { anchor: new AnchorDirectory(anchorDirectory) }),
    ...(feed && { feed }),
  });
  const sealer = new Sealer({
    log,
    tiles,
    origin,
    keys: () => signingKeys.all(),
    filters: leafFilters,
    filter: newestFilter,
    clock,
    ids,
    publish: ({ checkpoint }) => publication.publish(checkpoint),
  });
  const loop = new SealLoop({ sealer, leases, logger });
  troubles.watch(() => troublesOf(loop));
  loop.start();
  return {
    loop,
    feed,
    stop: async () => {
      await loop.stop();
      await publication.stop();
    },
  };
}

function troublesOf({ incident, fault }: SealLoop): readonly string[] {
  if (incident !== undefined) return [`the audit log is not sealed any more: ${incident}`];
  return fault === undefined ? [] : [`the audit log is not sealed now: ${fault}`];
}
