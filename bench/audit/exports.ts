import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { compiled } from '../../apps/config/compiled.js';
import { exportWorkspace } from '../../infra/audit/export/export-workspace.js';
import { encodeVerifierKey } from '../../infra/audit/notes/note-key.js';
import { FileTileStore } from '../../infra/audit/tiles/file-tile-store.js';
import { EventStoreDbEventLog } from '../../infra/eventstore/eventstoredb-event-log.js';
import { workspace, type Urls } from '../engine/stores.js';
import { benchKeys, tilesIn } from './bench-log.js';

export interface Export {
  readonly folder: string;
  readonly leaves: number;
}

/** Writes the whole trail of the benchmarks' workspace into a folder. */
export async function exportBench(
  urls: Urls,
  directory: string,
  checkpoint: string,
  name: string,
): Promise<Export> {
  const folder = join(directory, name);
  await mkdir(folder);
  const log = new EventStoreDbEventLog(urls.eventStoreUrl);
  try {
    const keys = await (await benchKeys(directory, urls.origin)).all();
    const { first, size } = await exportWorkspace(
      { workspace, origin: urls.origin, directory: folder },
      {
        log,
        tiles: new FileTileStore(tilesIn(directory)),
        checkpoint,
        keys: keys.map(({ verifier }) => encodeVerifierKey(verifier)),
        verifier: compiled('infra/audit/export/verify.js'),
      },
    );
    return { folder, leaves: size - first };
  } finally {
    await log.close();
  }
}

export interface Ran {
  /** From the program's start to its end. */
  readonly seconds: number;
  readonly code: number;
  readonly answer: { readonly holds?: boolean; readonly leaves?: number; readonly lines?: number };
}

/** As whoever received the export does it. */
export function verifyExport({ folder }: Export, jobs: number): Promise<Ran> {
  return ran([join(folder, 'verify.mjs'), '--json', '--jobs', String(jobs)]);
}

export function readExport({ folder }: Export): Promise<Ran> {
  return ran([compiled('bench/audit/floor-program.js'), join(folder, 'leaves.ndjson')]);
}

function ran(parameters: readonly string[]): Promise<Ran> {
  const profile = process.env['BENCH_PROFILE'] === 'export' ? ['--cpu-prof'] : [];
  const started = performance.now();
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [...profile, ...parameters], (_error, output) => {
      const seconds = (performance.now() - started) / 1000;
      const answer = output === '' ? {} : (JSON.parse(output) as Ran['answer']);
      resolve({ seconds, code: child.exitCode ?? -1, answer });
    });
  });
}
