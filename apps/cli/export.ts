import { AxionError, Rejected } from '../../domain/kernel/errors.js';
import { workspaceId } from '../../domain/kernel/names.js';
import { exportWorkspace, type ExportReport } from '../../infra/audit/export/export-workspace.js';
import { positionsBetween, type PositionRange } from '../../infra/audit/export/time-range.js';
import { isCosignedBy } from '../../infra/audit/notes/cosignature.js';
import { encodeVerifierKey } from '../../infra/audit/notes/note-key.js';
import { parseNote } from '../../infra/audit/notes/signed-note.js';
import { readOrigin } from '../../infra/eventstore/origin.js';
import { checkpointFor, tilesOf } from '../config/audit.js';
import { compiled } from '../config/compiled.js';
import type { Configuration } from '../config/configuration.js';
import { ownPolicy } from './audit-policy.js';
import { Misuse, exitCodes } from './exit-codes.js';
import { withStores, type Stores } from './stores.js';
import { print, progressBar } from './terminal.js';

export interface ExportOptions {
  readonly workspace: string;
  readonly out: string;
  /** Positions, or times (RFC 3339). */
  readonly from?: string;
  readonly to?: string;
  /** Up to the newest seal, also where no witness cosigned it yet. */
  readonly newest: boolean;
  readonly json: boolean;
}

/** Writes a workspace's trail into a folder that proves itself. */
export async function exportTrail(configuration: Configuration, options: ExportOptions): Promise<number> {
  const { json, out, workspace } = options;
  try {
    workspaceId(workspace);
    const report = await withStores(configuration, (stores) => exportFrom(configuration, stores, options));
    const { first, size } = report;
    print(
      json
        ? JSON.stringify({ ...report, directory: out })
        : `${(size - first).toLocaleString('en-US')} leaves of ${workspace} are in ${out}; node ${out}/verify.mjs checks them.`,
    );
    return exitCodes.holds;
  } catch (error) {
    if (error instanceof Rejected || (error instanceof AxionError && error.code === 'audit.nothing-sealed'))
      throw new Misuse(error.message);
    throw error;
  }
}

async function exportFrom(
  configuration: Configuration,
  { log }: Stores,
  { workspace, out, from, to, newest }: ExportOptions,
): Promise<ExportReport> {
  const tiles = tilesOf(configuration);
  const origin = await readOrigin(log);
  const checkpoint = await checkpointFor(configuration, { newest });
  if (origin === undefined || checkpoint === undefined) throw new Misuse('nothing was sealed so far');
  const range = await rangeOf(log, workspace, from, to);
  const { keys, witnesses } = await ownPolicy(configuration, origin, tiles);
  const note = parseNote(checkpoint);
  const progress = progressBar('exporting', 1n);
  try {
    return await exportWorkspace(
      { workspace, origin, directory: out, ...range },
      {
        log,
        tiles,
        checkpoint,
        keys: keys.map(encodeVerifierKey),
        witnesses: witnesses.filter((key) => isCosignedBy(note, key)).map(encodeVerifierKey),
        verifier: compiled('infra/audit/export/verify.js'),
      },
    );
  } finally {
    progress.done();
  }
}

/** @throws Misuse */
async function rangeOf(
  log: Stores['log'],
  workspace: string,
  from: string | undefined,
  to: string | undefined,
): Promise<PositionRange> {
  const positions = {
    ...(isPosition(from) && { from: BigInt(from) }),
    ...(isPosition(to) && { to: BigInt(to) }),
  };
  const times = {
    ...(from !== undefined && !isPosition(from) && { from: timeOf(from) }),
    ...(to !== undefined && !isPosition(to) && { to: timeOf(to) }),
  };
  if (Object.keys(times).length === 0) return positions;
  const found = await positionsBetween(log, workspace, times);
  if (!found) throw new Misuse(`nothing happened in ${workspace} in that time`);
  return { ...found, ...positions };
}

function isPosition(text: string | undefined): text is string {
  return text !== undefined && /^\d{1,19}$/.test(text);
}

function timeOf(text: string): string {
  if (!/^\d{4}-\d{2}-\d{2}T/.test(text) || Number.isNaN(Date.parse(text)))
    throw new Misuse(`${text} is neither a position nor a time (RFC 3339)`);
  return text;
}
