import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { leafFilters, newestFilter } from '../../apps/config/audit-filters.js';
import { encodeVerifierKey } from '../../infra/audit/notes/note-key.js';
import { sizeOfNote } from '../../infra/audit/publishing/checkpoint-file.js';
import { openReceipt } from '../../infra/audit/receipts/receipt.js';
import type { VerifiedState } from '../../infra/audit/verify/verification.js';
import { verifyAudit } from '../../infra/audit/verify/verify-audit.js';
import type { Finding } from '../detectors/finding.js';
import { byExport, byWitness } from '../detectors/look.js';
import type { World } from '../world/folders.js';
import { House } from '../world/house.js';
import { honestClient } from './honest-program.js';

export interface Looked {
  readonly alarms: readonly Finding[];
  /** Where the next look can go on; undefined where this one found something. */
  readonly verified: VerifiedState | undefined;
  /** Leaves that an earlier look verified. */
  readonly skipped: number;
}

/** What `axion verify` says: of every link, every leaf, every checkpoint and every receipt that it is shown. */
async function verify(
  { log, tiles, keys }: House,
  shown: { readonly checkpoints: readonly string[]; readonly receipts: readonly string[] },
  from?: VerifiedState,
): Promise<Looked> {
  const all = (await keys.all()).map(({ verifier }) => verifier);
  const report = await verifyAudit({
    log,
    tiles,
    filters: leafFilters,
    newestFilter,
    // The first key alone is pinned: it names the others.
    keys: all.slice(0, 1),
    held: shown.checkpoints.map((note) => ({ holder: 'a checkpoint', note })),
    receipts: shown.receipts.map((receipt) => openReceipt(receipt, all)),
    ...(from && { from }),
  });
  const { first, faults, skipped } = report.log;
  const [link] = report.links.violations;
  const alarms: Finding[] = [
    ...(first ? [{ by: 'log' as const, says: `${first.result}: ${first.reason}`, place: first }] : []),
    ...(link ? [{ by: 'links' as const, says: link.fault, place: link }] : []),
    ...faults.map((says) => ({ by: 'log' as const, says, place: undefined })),
  ];
  return { alarms, verified: report.state, skipped: skipped?.leaves ?? 0 };
}

/** After a life: what is new, with the first and the last checkpoint that it signed; all of them come in the end. */
export async function lookAtNew(
  world: World,
  checkpoints: readonly string[],
  from: VerifiedState | undefined,
): Promise<Looked> {
  const house = await House.open(world);
  try {
    const shown = [...checkpoints.slice(0, 1), ...checkpoints.slice(-1)];
    return await verify(house, { checkpoints: shown, receipts: [] }, from);
  } finally {
    await house.close();
  }
}

export async function lookAtAll(
  world: World,
  receipts: readonly string[],
  checkpoints: readonly string[],
): Promise<{ readonly alarms: readonly Finding[]; readonly leaves: number }> {
  const house = await House.open(world);
  try {
    const first = (await house.keys.all())[0]?.verifier;
    if (!first) throw new Error('the log has no key');
    const { verifier: newest } = await house.keys.newest();
    const policy = join(world.elsewhere, 'policy.json');
    writeFileSync(policy, JSON.stringify({ origin: house.name, keys: [encodeVerifierKey(first)] }));
    const alarms = [
      ...(await verify(house, { checkpoints, receipts })).alarms,
      ...(await byWitness(house, newest)),
      ...(await byExport(house, honestClient, policy, [])),
    ];
    return { alarms, leaves: sizeOfNote((await house.checkpoint()) ?? '') };
  } finally {
    await house.close();
  }
}
