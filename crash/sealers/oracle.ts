import { readSealState, sealStream, type Seal } from '../../infra/audit/sealing/seal-events.js';
import { SigningKeys } from '../../infra/audit/keys/signing-keys.js';
import { parseCheckpoint } from '../../infra/audit/notes/checkpoint.js';
import { isSignedBy, parseNote } from '../../infra/audit/notes/signed-note.js';
import { AnchorDirectory } from '../../infra/audit/publishing/anchor-directory.js';
import { readCheckpointFile } from '../../infra/audit/publishing/checkpoint-file.js';
import { logNameOf } from '../../infra/audit/sealing/sealer.js';
import { FileTileStore } from '../../infra/audit/tiles/file-tile-store.js';
import { verifyAudit } from '../../infra/audit/verify/verify-audit.js';
import type { EventLog } from '../../domain/kernel/ports/event-log.js';
import { pause } from '../../infra/system/pause.js';
import type { Places } from './places.js';
import { filterName, filtersKnownTo, newerCategory } from './versions.js';

export const violationKinds = ['twoRoots', 'stuck', 'falseIncident'] as const;
export type ViolationKind = (typeof violationKinds)[number];

export interface Violation {
  readonly kind: ViolationKind;
  readonly says: string;
}

export interface Looked {
  readonly log: EventLog;
  readonly origin: string;
  readonly places: Places;
}

const lookMs = 20;

/** Everything up to a position is sealed and published in the end. @returns what is not, once the time is over */
export async function sealedUpTo(
  { log, places }: Looked,
  position: bigint,
  withinMs: number,
): Promise<readonly Violation[]> {
  const giveUpAt = performance.now() + withinMs;
  for (;;) {
    const { sealed, pending } = (await readSealState(log)).state;
    const published = await readCheckpointFile(places.audit, 'sealed');
    const isSealed = sealed !== undefined && BigInt(sealed.to) >= position && !pending;
    if (isSealed && published === sealed.checkpoint) return [];
    if (performance.now() < giveUpAt) await pause(lookMs);
    else
      return [
        {
          kind: 'stuck',
          says: isSealed
            ? `seal ${sealed.n} stands, and is not what is published`
            : `sealed is up to ${sealed?.to ?? 'nothing'}, and ${position} was appended`,
        },
      ];
  }
}

/** Every checkpoint that was ever sealed or published: for each size one root, signed by the log. */
export async function rootsOf({ log, origin, places }: Looked): Promise<{
  readonly seals: number;
  readonly violations: readonly Violation[];
}> {
  const keys = await new SigningKeys(logNameOf(origin), { kind: 'files', directory: places.keys }).all();
  const roots = new Map<number, string>();
  const violations: Violation[] = [];
  const see = (where: string, checkpoint: string): void => {
    const note = parseNote(checkpoint);
    const { size, root } = parseCheckpoint(note.text);
    const hex = root.toString('hex');
    const before = roots.get(size);
    if (before !== undefined && before !== hex)
      violations.push({ kind: 'twoRoots', says: `${where}: ${size} leaves have ${hex}, and had ${before}` });
    if (!keys.some(({ verifier }) => isSignedBy(note, verifier)))
      violations.push({ kind: 'twoRoots', says: `${where}: the checkpoint of ${size} leaves is not signed` });
    roots.set(size, before ?? hex);
  };
  let seals = 0;
  for await (const { type, revision, data } of log.read(sealStream)) {
    if (type !== 'Sealed') continue;
    seals += 1;
    see(`seal at ${revision}`, (data as Seal).checkpoint);
  }
  for (const note of await new AnchorDirectory(places.anchors).kept()) see('anchor', note);
  const published = await readCheckpointFile(places.audit, 'sealed');
  if (published !== undefined) see('published', published);
  return { seals, violations };
}

/**
 * What an honest auditor says of everything: a leaf or a log that is not as it was sealed would be a second history,
 * and any other word a false alarm. Metadata that an administrator wrote is shown to him, and rightly.
 */
export async function audited({ log, origin, places }: Looked): Promise<readonly Violation[]> {
  const keys = await new SigningKeys(logNameOf(origin), { kind: 'files', directory: places.keys }).all();
  const { links, log: sealed } = await verifyAudit({
    log,
    tiles: new FileTileStore(places.audit),
    filters: filtersKnownTo('newer'),
    newestFilter: filterName.newer,
    keys: keys.map(({ verifier }) => verifier),
    held: (await new AnchorDirectory(places.anchors).kept()).map((note) => ({ holder: 'an anchor', note })),
  });
  const words = [
    ...sealed.faults,
    ...(sealed.first ? [`${sealed.first.result}: ${sealed.first.reason}`] : []),
    ...links.violations
      .filter(({ stream }) => !stream.startsWith(`$$${newerCategory}-`))
      .map(({ stream, fault }) => `${stream}: ${fault}`),
  ];
  return words.map((says) => ({ kind: 'falseIncident', says }));
}
