import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { compiled } from '../../apps/config/compiled.js';
import { exportWorkspace } from '../../infra/audit/export/export-workspace.js';
import { encodeVerifierKey } from '../../infra/audit/notes/note-key.js';
import { parseNote } from '../../infra/audit/notes/signed-note.js';
import { readCheckpointFile } from '../../infra/audit/publishing/checkpoint-file.js';
import type { House } from './house.js';

/** What `verify.mjs --json` says. */
export interface ExportVerdict {
  readonly holds: boolean;
  readonly offence?: {
    readonly line?: number;
    readonly stream?: string;
    readonly revision?: string;
    readonly position?: string;
    readonly reason: string;
  };
}

/** Exports a workspace under the house's newest checkpoint, with the cosignatures that it has. */
export async function exportFrom(house: House, workspace: string, directory: string): Promise<void> {
  const sealed = (await house.checkpoint()) ?? '';
  const cosigned = await readCheckpointFile(house.world.audit, 'cosigned');
  const isSame = cosigned !== undefined && parseNote(cosigned).text === parseNote(sealed).text;
  const keys = (await house.keys.all()).map(({ verifier }) => encodeVerifierKey(verifier));
  await exportWorkspace(
    { workspace, origin: house.origin, directory },
    {
      log: house.log,
      tiles: house.tiles,
      checkpoint: isSame ? cosigned : sealed,
      keys: keys.slice(0, 1),
      verifier: compiled('infra/audit/export/verify.js'),
    },
  );
}

/** As its receiver does it: in a process without anything of ours, by a policy of his own. */
export async function verdictOn(
  directory: string,
  policy: string,
  receipts: readonly string[] = [],
): Promise<ExportVerdict> {
  const given = receipts.flatMap((file) => ['--receipt', file]);
  const child = spawn(
    process.execPath,
    [join(directory, 'verify.mjs'), '--json', '--policy', policy, ...given],
    { env: {}, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const [said, complained] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (said === '') throw new Error(`verify.mjs gave no verdict: ${complained}`);
  return JSON.parse(said) as ExportVerdict;
}
