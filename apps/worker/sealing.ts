import { decodeVerifierKey } from '../../infra/audit/notes/note-key.js';
import { AuditLogs } from '../../infra/audit/log/audit-logs.js';
import { AnchorDirectory } from '../../infra/audit/publishing/anchor-directory.js';
import { Publication } from '../../infra/audit/publishing/publication.js';
import { clearIncident, writeIncident } from '../../infra/audit/publishing/incident-file.js';
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
    publish: async ({ checkpoint }) => {
      await publication.publish(checkpoint);
      await clearIncident(directory);
    },
  });
  const loop = new SealLoop({
    sealer,
    leases,
    logger,
    onIncident: async (reason) => writeIncident(directory, { at: await clock.now(), reason }),
  });
  troubles.watchWarnings(() => warningsOf(loop));
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

/** Anybody may read them, so they name no stream: the log of this process does. */
function warningsOf({ incident, fault }: SealLoop): readonly string[] {
  if (incident !== undefined)
    return ['the audit log is not sealed any more: it does not agree with itself, and a person must look'];
  return fault === undefined ? [] : ['the audit log is not sealed now: it is tried again'];
}
