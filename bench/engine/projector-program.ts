import { PerformanceObserver, constants } from 'node:perf_hooks';
import { Projector } from '../../infra/engine/projections/projector.js';
import { ReadModelOperations } from '../../infra/engine/projections/operations.js';
import { EventStoreDbEventLog } from '../../infra/eventstore/eventstoredb-event-log.js';
import { MongoReadModelStore } from '../../infra/mongo/mongo-read-model-store.js';
import { keepHeapModest } from '../../infra/system/modest-heap.js';
import { pause } from '../../infra/system/pause.js';
import { answerMessages } from '../kit/child-program.js';
import { balances } from './account.js';
import { codec, machineTime, quiet, type Urls } from './stores.js';

/** Follows the log from where its checkpoint is. */
interface Follow {
  readonly kind: 'follow';
  readonly urls: Urls;
  readonly database: string;
  /** Notes down when what was applied. */
  readonly watched: boolean;
}

/** Waits until a position is applied, or gives up. */
interface Until {
  readonly kind: 'until';
  readonly position: string;
  readonly withinSeconds: number;
}

/** Fills a build from the beginning. */
interface Rebuild {
  readonly kind: 'rebuild';
  readonly urls: Urls;
  readonly database: string;
}

export type ProjectorRequest = Follow | Until | Rebuild | { readonly kind: 'stop' };

export interface ProjectorReply {
  /** Since the start. */
  readonly seconds: number;
  readonly applied: string;
  /** Resident memory, and the heap in use, in MiB above what they were before the start: the highest seen. */
  readonly residentGrowthMiB: number;
  readonly heapGrowthMiB: number;
  /** The heap in use just after a full collection, likewise: what is held, without what only waits to be collected. */
  readonly heldGrowthMiB: number;
  /** What was applied when (`machineTime`). */
  readonly history: readonly (readonly [position: string, at: number])[];
}

const lookEveryMs = 50;

// As the product's projectors do.
keepHeapModest();

const collections = new PerformanceObserver((list) => {
  if (list.getEntries().some(isFullCollection))
    highestHeld = Math.max(highestHeld, process.memoryUsage().heapUsed);
});

let projector: Projector | undefined;
let startedAt = 0;
let before = process.memoryUsage();
let highest = before;
let highestHeld = 0;
let looking: NodeJS.Timeout | undefined;
let history: [string, number][] = [];

answerMessages(async (request: ProjectorRequest): Promise<ProjectorReply> => {
  switch (request.kind) {
    case 'follow':
      await follow(request);
      break;
    case 'until': {
      const deadline = performance.now() + request.withinSeconds * 1000;
      const wanted = BigInt(request.position);
      const never = new AbortController().signal;
      while ((projector?.appliedTo(balances) ?? -1n) < wanted && performance.now() < deadline)
        await pause(2, never);
      break;
    }
    case 'rebuild':
      await rebuild(request);
      break;
    case 'stop':
      await projector?.stop();
      clearInterval(looking);
      break;
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const reply: ProjectorReply = {
    seconds,
    applied: (projector?.appliedTo(balances) ?? -1n).toString(),
    residentGrowthMiB: (highest.rss - before.rss) / 2 ** 20,
    heapGrowthMiB: (highest.heapUsed - before.heapUsed) / 2 ** 20,
    heldGrowthMiB: Math.max(0, highestHeld - before.heapUsed) / 2 ** 20,
    history,
  };
  history = [];
  return reply;
});

async function open({ urls, database }: Pick<Follow, 'urls' | 'database'>) {
  const log = new EventStoreDbEventLog(urls.eventStoreUrl);
  const store = new MongoReadModelStore(urls.mongoUrl, database);
  // Connected, so that what a connection takes is not counted as growth.
  await Promise.all([log.head(), store.pointers()]);
  before = process.memoryUsage();
  highest = before;
  looking = setInterval(look, lookEveryMs);
  collections.observe({ entryTypes: ['gc'] });
  startedAt = performance.now();
  return { log, store, codec, projections: [balances], logger: quiet };
}

async function follow(request: Follow): Promise<void> {
  const following = new Projector(await open(request));
  projector = following;
  if (request.watched) {
    let newest = -1n;
    following.onApplied(() => {
      const applied = following.appliedTo(balances) ?? -1n;
      if (applied <= newest) return;
      newest = applied;
      history.push([applied.toString(), machineTime()]);
    });
  }
  await following.start();
}

async function rebuild(request: Rebuild): Promise<void> {
  const ports = await open(request);
  const outcome = await new ReadModelOperations(ports).fill(balances.name, {
    version: balances.version,
    build: 0,
  });
  clearInterval(looking);
  if (outcome?.kind !== 'caught up') throw new Error(`the rebuild came to ${outcome?.kind ?? 'nothing'}`);
}

function isFullCollection(entry: object): boolean {
  const detail: unknown = 'detail' in entry ? entry.detail : undefined;
  return (
    typeof detail === 'object' &&
    detail !== null &&
    'kind' in detail &&
    detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR
  );
}

function look(): void {
  const { rss, heapUsed } = process.memoryUsage();
  highest = {
    ...highest,
    rss: Math.max(rss, highest.rss),
    heapUsed: Math.max(heapUsed, highest.heapUsed),
  };
}
