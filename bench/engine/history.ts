import { print } from '../../apps/cli/terminal.js';
import { rounded } from '../kit/statistics.js';
import { balances } from './account.js';
import { scaled } from '../kit/parts.js';
import { withProgram } from './part.js';
import type { ProjectorReply, ProjectorRequest } from './projector-program.js';
import { beginReadModel, type Urls } from './stores.js';
import type { WriteReply, WriteRequest } from './write-program.js';

/** Events of the small and of the large history; each account has as many. */
export const few = scaled(50_000);
export const many = scaled(500_000);
const eventsPerAccount = 10;

/** Documents that a history comes to. */
export function accountsOf(events: number): number {
  return events / eventsPerAccount;
}

/** @returns the positions of all appends in their order, which hold as many events each */
export async function write(
  urls: Urls,
  first: number,
  count: number,
  accounts: number,
): Promise<readonly bigint[]> {
  const request: WriteRequest = { kind: 'history', urls, first, count, accounts };
  const reply = await withProgram('write', (writer) => writer.ask<WriteReply>(request));
  print(`wrote ${count} events in ${rounded(reply.seconds)} s`);
  return reply.acknowledged
    .map(([position]) => BigInt(position))
    .sort((one, other) => (one < other ? -1 : 1));
}

/** A process of its own for each: as cold as the command line's. */
export async function rebuilt(urls: Urls, database: string): Promise<ProjectorReply> {
  await beginReadModel(urls, database, balances, 'filling');
  return withProgram('projector', (projector) =>
    projector.ask<ProjectorReply>({ kind: 'rebuild', urls, database } satisfies ProjectorRequest),
  );
}

/** A projector of its own in live mode, from before the first event. @returns what it had done by then */
export async function followed(
  urls: Urls,
  database: string,
  until: bigint,
  withinSeconds: number,
): Promise<ProjectorReply> {
  await beginReadModel(urls, database, balances, 'live');
  return withProgram('projector', async (projector) => {
    const ask = (request: ProjectorRequest) => projector.ask<ProjectorReply>(request);
    await ask({ kind: 'follow', urls, database, watched: false });
    const reply = await ask({ kind: 'until', position: until.toString(), withinSeconds });
    await ask({ kind: 'stop' });
    return reply;
  });
}
