import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { EventLog, StoredEvent } from '../../domain/kernel/ports/event-log.js';
import { sealStream } from '../../infra/audit/sealing/seal-events.js';
import type { Attack } from '../attack.js';
import { readStore, rewriteStore, type DiskEvent } from '../disk/disk-log.js';
import { unlinked, withData } from '../disk/forging.js';
import { copyWorld, type World } from '../world/folders.js';
import { House } from '../world/house.js';
import { OutsideWitness } from '../world/outside-witness.js';
import { firstUnsealed, lastSealPosition } from './before-the-seal.js';
import { placeOf, victim } from './on-sealed-events.js';

const richer = { amount: '9999.99' };
/** A stream of which nobody keeps receipts. */
const unwatched = 'source-gamma.ledger';

/**
 * Writes history anew from a position on, with the product's own program and the stolen key: events linked, sealed
 * where they were sealed before, checkpoints signed.
 */
async function forge(world: World, from: number, change: (event: DiskEvent) => DiskEvent): Promise<void> {
  const before = await readStore(world.store);
  await rewriteStore(world.store, (events) => events.filter(({ position }) => position < from));
  const house = await House.open(world);
  try {
    for (const event of before.filter(({ position }) => position >= from)) {
      if (event.stream !== sealStream) await house.append(nameOf(event), [unlinked(change(event))]);
      else if (event.type === 'Sealed') await house.seal();
    }
  } finally {
    await house.close();
  }
}

function nameOf({ stream }: DiskEvent): Parameters<House['append']>[0] {
  // The stream is one that the store held.
  return stream as Parameters<House['append']>[0];
}

/** The log without one event: what a sealer sees that looks away. */
function lookingAway(log: EventLog, hidden: (event: StoredEvent) => boolean): EventLog {
  return {
    append: (...asked) => log.append(...asked),
    read: (...asked) => log.read(...asked),
    readAt: (...asked) => log.readAt(...asked),
    readLast: (...asked) => log.readLast(...asked),
    subscribe: (...asked) => log.subscribe(...asked),
    head: () => log.head(),
    readAll: async function* (...asked) {
      for await (const event of log.readAll(...asked)) if (!hidden(event)) yield event;
    },
  };
}

export const byTheHouse: readonly Attack[] = [
  {
    name: 'old-backup',
    mustFind: ['checkpoint', 'receipts', 'witness', 'export'],
    deceives: ['links', 'log', 'sealer'],
    make: ({ store, audit, backup }) => {
      for (const [name, directory] of [
        ['store', store],
        ['audit', audit],
      ] as const) {
        rmSync(directory, { recursive: true });
        cpSync(join(backup, name), directory, { recursive: true });
      }
      return Promise.resolve(undefined);
    },
  },
  {
    name: 'stolen-key-resign',
    mustFind: ['checkpoint', 'receipts', 'witness', 'export'],
    deceives: ['links', 'log', 'sealer'],
    make: async (world) => {
      const edited = (await readStore(world.store)).find(
        ({ stream, revision }) => stream === victim && revision === 4,
      );
      rmSync(world.audit, { recursive: true });
      await forge(world, await firstPosition(world), (event) =>
        event.position === edited?.position ? withData(event, richer) : event,
      );
      return placeOf(edited);
    },
  },
  {
    name: 'stolen-key-fork',
    mustFind: ['witness', 'export'],
    deceives: ['links', 'log', 'checkpoint', 'receipts', 'sealer'],
    make: async (world) => {
      const before = await readStore(world.store);
      const edited = firstUnsealed(before, unwatched);
      await sealAndShow(copyWorld(world, `${world.root}-honest`), world.witness);
      await forge(world, lastSealPosition(before) + 1, (event) =>
        event.position === edited.position ? withData(event, richer) : event,
      );
      const house = await House.open(world);
      await house.seal();
      await house.close();
      return undefined;
    },
  },
  {
    name: 'sealer-omission',
    mustFind: ['log', 'export'],
    deceives: ['links', 'checkpoint', 'receipts', 'witness', 'sealer'],
    make: async (world) => {
      // The last of its stream: the links of what is sealed hold.
      const omitted = (await readStore(world.store)).findLast(({ stream }) => stream === victim);
      if (!omitted) throw new Error('the world has no such stream');
      const house = await House.open(world);
      const position = BigInt(omitted.position);
      await house.seal(lookingAway(house.log, (event) => event.position === position));
      await new OutsideWitness(world.witness).look(house, (await house.keys.newest()).verifier);
      await house.close();
      return placeOf(omitted);
    },
  },
];

/** Where the trail begins, behind the origin. */
async function firstPosition({ store }: World): Promise<number> {
  const first = (await readStore(store)).find(({ stream }) => stream === victim);
  return first?.position ?? 0;
}

/** The honest side of a fork: it is sealed, and the witness sees it first. */
async function sealAndShow(world: World, witness: string): Promise<void> {
  const house = await House.open(world);
  await house.seal();
  await new OutsideWitness(witness).look(house, (await house.keys.newest()).verifier);
  await house.close();
  rmSync(world.root, { recursive: true });
}
