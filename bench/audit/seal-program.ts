import { Publication } from '../../infra/audit/publishing/publication.js';
import { SealLoop } from '../../infra/audit/sealing/seal-loop.js';
import { Sealer } from '../../infra/audit/sealing/sealer.js';
import { FileTileStore } from '../../infra/audit/tiles/file-tile-store.js';
import { EventStoreDbEventLog } from '../../infra/eventstore/eventstoredb-event-log.js';
import { randomIds } from '../../infra/system/random-ids.js';
import { systemClock } from '../../infra/system/system-clock.js';
import { quiet, machineTime, type Urls } from '../engine/stores.js';
import { answerMessages } from '../kit/child-program.js';
import { benchFilter, benchFilters, benchKeys, tilesIn } from './bench-log.js';

/** The first message opens the sealer. */
interface Open {
  readonly kind: 'open';
  readonly urls: Urls;
  /** Where its keys and tiles lie. */
  readonly directory: string;
}

export type SealRequest =
  | Open
  /** Seals until nothing is left. */
  | { readonly kind: 'backlog' }
  /** Seals once a second, as the worker does. */
  | { readonly kind: 'start' }
  | { readonly kind: 'stop' };

export interface SealReply {
  readonly seconds: number;
  /** Of this process, user and system. */
  readonly cpuSeconds: number;
  readonly leaves: number;
  /** The signed note of the newest seal; empty before the first. */
  readonly checkpoint: string;
  /** Which position was sealed when (`machineTime`). */
  readonly history: readonly (readonly [position: string, at: number])[];
}

let sealer: Sealer | undefined;
let loop: SealLoop | undefined;
let history: [string, number][] = [];

answerMessages(async (request: SealRequest): Promise<SealReply> => {
  const started = performance.now();
  const cpu = process.cpuUsage();
  let leaves = 0;
  switch (request.kind) {
    case 'open':
      sealer = await open(request);
      break;
    case 'backlog':
      leaves = await sealBacklog();
      break;
    case 'start':
      loop = sealer && new SealLoop({ sealer, logger: quiet });
      loop?.start();
      break;
    case 'stop':
      await loop?.stop();
      break;
  }
  const { user, system } = process.cpuUsage(cpu);
  const reply: SealReply = {
    seconds: (performance.now() - started) / 1000,
    cpuSeconds: (user + system) / 1e6,
    leaves,
    checkpoint: sealer?.sealed?.checkpoint ?? '',
    history,
  };
  history = [];
  return reply;
});

async function open({ urls, directory }: Open): Promise<Sealer> {
  const keys = await benchKeys(directory, urls.origin);
  const publication = new Publication({ directory: tilesIn(directory) });
  const opened: Sealer = new Sealer({
    log: new EventStoreDbEventLog(urls.eventStoreUrl),
    tiles: new FileTileStore(tilesIn(directory)),
    origin: urls.origin,
    keys: () => keys.all(),
    filters: benchFilters,
    filter: benchFilter,
    clock: systemClock,
    ids: randomIds,
    publish: async ({ checkpoint }) => {
      await publication.publish(checkpoint);
      const { to } = opened.sealed ?? {};
      if (to !== undefined) history.push([to, machineTime()]);
    },
  });
  return opened;
}

async function sealBacklog(): Promise<number> {
  let leaves = 0;
  for (;;) {
    const turn = await sealer?.turn();
    if (turn?.kind !== 'sealed') return leaves;
    leaves += turn.leaves;
  }
}
