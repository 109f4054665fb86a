import { rm } from 'node:fs/promises';
import type { AuditExportProgress } from '../../../domain/audit/export-job.js';
import type { AuditExportResult, AuditExportTerms } from '../../../domain/audit/contract.js';
import { InvariantBroken } from '../../../domain/kernel/errors.js';
import { exportWorkspace } from '../../../infra/audit/export/export-workspace.js';
import { tarOf } from '../../../infra/audit/export/tar.js';
import { AuditLogs } from '../../../infra/audit/log/audit-logs.js';
import { trustedKeys } from '../../../infra/audit/log/configuration.js';
import { configurations } from '../../../infra/audit/log/find-leaf.js';
import { decodeVerifierKey, encodeVerifierKey } from '../../../infra/audit/notes/note-key.js';
import { sizeOfNote } from '../../../infra/audit/publishing/checkpoint-file.js';
import { FileTileStore } from '../../../infra/audit/tiles/file-tile-store.js';
import type { ComputationTools } from '../../../infra/engine/jobs/computation.js';
import { EventStoreDbEventLog } from '../../../infra/eventstore/eventstoredb-event-log.js';
import { readOrigin } from '../../../infra/eventstore/origin.js';
import { compiled } from '../../config/compiled.js';

/** Writes the export into a folder of its own, and the folder into one object. */
export async function exportTrail(
  { workspace, from, to, checkpoint }: AuditExportTerms,
  { objects, sources, progress }: ComputationTools,
): Promise<AuditExportResult> {
  const { eventStoreUrl, auditDirectory } = sources;
  if (eventStoreUrl === undefined || auditDirectory === undefined)
    throw new InvariantBroken('audit.no-sources', 'the export was not told where the logs are');
  const log = new EventStoreDbEventLog(eventStoreUrl);
  const directory = objects.temporaryPath();
  try {
    const tiles = new FileTileStore(auditDirectory);
    const origin = await readOrigin(log);
    if (origin === undefined) throw new InvariantBroken('log.no-origin', 'the log has no origin');
    const report = await exportWorkspace(
      {
        workspace,
        origin,
        directory,
        ...(from !== undefined && { from: BigInt(from) }),
        ...(to !== undefined && { to: BigInt(to) }),
      },
      {
        log,
        tiles,
        checkpoint,
        keys: await keysOf(tiles, checkpoint),
        verifier: compiled('infra/audit/export/verify.js'),
        onProgress: atEachTenth(progress),
      },
    );
    const { first, size, root } = report;
    const archive = await objects.put(tarOf(directory, `audit-${workspace}`));
    return { archive, first, size, root };
  } finally {
    await rm(directory, { recursive: true, force: true });
    await log.close();
  }
}

/** The keys that count, as the log itself names them; whoever verifies pins their own. */
async function keysOf(tiles: FileTileStore, checkpoint: string): Promise<readonly string[]> {
  const log = new AuditLogs(tiles).originLog();
  const entries = (await configurations(log, sizeOfNote(checkpoint))).map(({ entry }) => entry);
  const pinned = entries.slice(0, 1).map(({ key }) => decodeVerifierKey(key));
  return trustedKeys(pinned, entries).map(encodeVerifierKey);
}

/** Each report is an event: ten of them tell enough. */
function atEachTenth(tell: (progress: AuditExportProgress) => void): (leaves: number, of: number) => void {
  let told = 0;
  return (leaves, of) => {
    const tenth = Math.floor((10 * leaves) / of);
    if (tenth <= told || tenth >= 10) return;
    told = tenth;
    tell({ leaves, of });
  };
}
