import { writeFileSync } from 'node:fs';
import { InvariantBroken, NotFound } from '../../domain/kernel/errors.js';
import type { StoredEvent } from '../../domain/kernel/ports/event-log.js';
import { workspaceOf } from '../../infra/audit/log/leaf-reader.js';
import { trustedKeys } from '../../infra/audit/log/configuration.js';
import { configurations } from '../../infra/audit/log/find-leaf.js';
import { AuditLogs } from '../../infra/audit/log/audit-logs.js';
import { sizeOfNote } from '../../infra/audit/publishing/checkpoint-file.js';
import { faultOfProof, proveEvent } from '../../infra/audit/proofs/event-proof.js';
import { readOrigin } from '../../infra/eventstore/origin.js';
import { checkpointFor, tilesOf } from '../config/audit.js';
import type { Configuration } from '../config/configuration.js';
import { ownPolicy } from './audit-policy.js';
import { Misuse, exitCodes } from './exit-codes.js';
import { withStores, type Stores } from './stores.js';
import { print, progressBar } from './terminal.js';

/**
 * Prints both inclusion proofs of one event, after checking them.
 *
 * @param which an event's id, for which the log is read, or `<stream>@<revision>`
 */
export async function prove(
  configuration: Configuration,
  which: string,
  { out }: { readonly out?: string },
): Promise<number> {
  const proof = await withStores(configuration, async ({ log }) => {
    const tiles = tilesOf(configuration);
    const checkpoint = await checkpointFor(configuration, { newest: true });
    const origin = await readOrigin(log);
    if (checkpoint === undefined || origin === undefined) throw new Misuse('nothing was sealed so far');
    const event = await find(log, which);
    if (!event) throw new Misuse(`there is no event ${which}`);
    try {
      const proved = await proveEvent(tiles, checkpoint, { ...event, workspace: workspaceOf(event.stream) });
      const { keys } = await ownPolicy(configuration, origin, tiles);
      const named = await configurations(new AuditLogs(tiles).originLog(), sizeOfNote(checkpoint));
      const fault = faultOfProof(
        proved,
        trustedKeys(
          keys,
          named.map(({ entry }) => entry),
        ),
      );
      if (fault !== undefined)
        throw new InvariantBroken('audit.bad-proof', `the proof does not hold: ${fault}`);
      return proved;
    } catch (error) {
      if (error instanceof NotFound) throw new Misuse(error.message);
      throw error;
    }
  });
  const text = JSON.stringify(proof);
  if (out === undefined) print(text);
  else writeFileSync(out, `${text}\n`, { mode: 0o600 });
  return exitCodes.holds;
}

async function find(log: Stores['log'], which: string): Promise<StoredEvent | undefined> {
  const [, stream = '', revision = ''] = /^(.+)@(\d{1,19})$/.exec(which) ?? [];
  if (stream !== '') return log.readAt(stream, BigInt(revision));
  const progress = progressBar('looking for it', await log.head());
  let seen = 0;
  try {
    for await (const event of log.readAll()) {
      if (++seen % 1000 === 0) progress.show(event.position, seen);
      if (event.id === which) return event;
    }
    return undefined;
  } finally {
    progress.done();
  }
}
