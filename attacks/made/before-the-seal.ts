import { sealStream } from '../../infra/audit/sealing/seal-events.js';
import type { Attack } from '../attack.js';
import { readStore, rewriteStore, type DiskEvent } from '../disk/disk-log.js';
import { inStream, originOf, relinked, withData } from '../disk/forging.js';
import { placeOf, victim } from './on-sealed-events.js';

/** The first event of a stream after the last seal. */
export function firstUnsealed(events: readonly DiskEvent[], of: string): DiskEvent {
  const sealed = lastSealPosition(events);
  const found = events.find(({ stream, position }) => stream === of && position > sealed);
  if (!found) throw new Error(`everything of ${of} is sealed`);
  return found;
}

export function lastSealPosition(events: readonly DiskEvent[]): number {
  return events.findLast(({ stream, type }) => stream === sealStream && type === 'Sealed')?.position ?? 0;
}

const richer = { amount: '9999.99' };

export const beforeTheSeal: readonly Attack[] = [
  {
    name: 'edit-before-seal',
    mustFind: ['receipts', 'sealer'],
    deceives: ['checkpoint', 'witness'],
    make: async ({ store }) => {
      const edited = firstUnsealed(await readStore(store), victim);
      await rewriteStore(store, (events) =>
        events.map((event) => (event.position === edited.position ? withData(event, richer) : event)),
      );
      return placeOf(edited);
    },
  },
  {
    name: 'edit-and-relink-before-seal',
    mustFind: ['receipts'],
    deceives: ['links', 'log', 'checkpoint', 'witness', 'sealer'],
    make: async ({ store }) => {
      const before = await readStore(store);
      const edited = firstUnsealed(before, victim);
      await rewriteStore(store, (events) =>
        inStream(events, victim, (own) =>
          relinked(
            originOf(before),
            victim,
            own.map((event) => (event.position === edited.position ? withData(event, richer) : event)),
          ),
        ),
      );
      return placeOf(edited);
    },
  },
  {
    name: 'cut-unsealed-tail',
    mustFind: ['receipts'],
    deceives: ['links', 'log', 'checkpoint', 'witness', 'sealer'],
    make: async ({ store }) => {
      const before = await readStore(store);
      const sealed = lastSealPosition(before);
      await rewriteStore(store, (events) => events.filter(({ position }) => position <= sealed));
      return placeOf(firstUnsealed(before, victim));
    },
  },
];
