import type { Attack, AttackName } from '../attack.js';
import type { Place, DetectorName } from '../detectors/finding.js';
import { readStore, rewriteStore, type DiskEvent } from '../disk/disk-log.js';
import { inStream, originOf, relinked, withData } from '../disk/forging.js';
import * as onExport from './on-exports.js';

/** A stream of the client, sealed in two phases, and one of somebody else. */
export const victim = 'source-acme.ledger';
const neighbour = 'source-beta.ledger';
/** In the middle of the first phase's events of the stream. */
const middle = 4;

/** Everything that is rewritten here is linked again, unless the attack's name says otherwise: the links alone find little. */
type Change = (events: readonly DiskEvent[], origin: string) => readonly DiskEvent[];

function onDisk(
  name: AttackName,
  mustFind: readonly DetectorName[],
  deceives: readonly DetectorName[],
  at: { stream: string; revision: number },
  change: Change,
  editExport: (directory: string) => void,
): Attack {
  return {
    name,
    mustFind,
    deceives,
    editExport,
    make: async ({ store }) => {
      const before = await readStore(store);
      const origin = originOf(before);
      await rewriteStore(store, (events) => change(events, origin));
      const isThere = ({ stream, revision }: DiskEvent): boolean =>
        stream === at.stream && revision === at.revision;
      return placeOf(before.find(isThere) ?? (await readStore(store)).find(isThere));
    },
  };
}

export function placeOf(event: DiskEvent | undefined): Place {
  if (!event) throw new Error('the world has no such event');
  const { stream, revision, position } = event;
  return { stream, revision: String(revision), position: String(position) };
}

/** Changes the events of the victim, which are linked again. */
function relinkedVictim(change: (own: readonly DiskEvent[]) => readonly DiskEvent[]): Change {
  return (events, origin) => inStream(events, victim, (own) => relinked(origin, victim, change(own)));
}

/** What an event says, at the place of another. */
function saying(place: DiskEvent, said: DiskEvent): DiskEvent {
  const { type, data, metadata } = said;
  return { ...place, type, data, metadata };
}

const richer = { amount: '9999.99' };

export const onSealedEvents: readonly Attack[] = [
  onDisk(
    'edit-in-place',
    ['links', 'log'],
    ['checkpoint', 'witness'],
    { stream: victim, revision: middle },
    (events) =>
      inStream(events, victim, (own) =>
        own.map((event) => (event.revision === middle ? withData(event, richer) : event)),
      ),
    onExport.editInPlace,
  ),
  onDisk(
    'edit-and-relink',
    ['log'],
    ['links', 'checkpoint', 'witness'],
    { stream: victim, revision: middle },
    relinkedVictim((own) =>
      own.map((event) => (event.revision === middle ? withData(event, richer) : event)),
    ),
    onExport.editAndRelink,
  ),
  onDisk(
    'delete-mid-stream',
    ['log'],
    ['links', 'checkpoint', 'witness'],
    { stream: victim, revision: middle },
    relinkedVictim((own) => own.filter(({ revision }) => revision !== middle)),
    onExport.deleteMidStream,
  ),
  onDisk(
    'cut-head',
    ['log'],
    ['links', 'checkpoint', 'witness'],
    { stream: victim, revision: 0 },
    relinkedVictim((own) => own.slice(2)),
    onExport.cutHead,
  ),
  onDisk(
    'cut-tail',
    ['log'],
    ['links', 'checkpoint', 'witness'],
    { stream: victim, revision: middle },
    (events) => inStream(events, victim, (own) => own.filter(({ revision }) => revision < middle)),
    onExport.cutTail,
  ),
  onDisk(
    'delete-stream',
    ['log'],
    ['links', 'checkpoint', 'witness'],
    { stream: victim, revision: 0 },
    (events) => inStream(events, victim, () => []),
    onExport.deleteStream,
  ),
  onDisk(
    'reorder',
    ['log'],
    ['links', 'checkpoint', 'witness'],
    { stream: victim, revision: middle },
    relinkedVictim((own) => {
      const [one, other] = [own[middle], own[middle + 1]];
      if (!one || !other) throw new Error('the stream is too short');
      return [...own.slice(0, middle), saying(one, other), saying(other, one), ...own.slice(middle + 2)];
    }),
    onExport.reorder,
  ),
  {
    name: 'backdated-insert',
    mustFind: ['log'],
    deceives: ['links', 'checkpoint', 'witness'],
    editExport: onExport.backdatedInsert,
    make: async ({ store }) => {
      const before = await readStore(store);
      const origin = originOf(before);
      const model = before.find(({ stream, revision }) => stream === victim && revision === middle - 1);
      if (!model) throw new Error('the stream is too short');
      // Between two events that are there, where the log has no event.
      const inserted = { ...withData(model, richer), position: model.position + 1 };
      await rewriteStore(store, (events) =>
        inStream(events, victim, (own) =>
          relinked(origin, victim, [...own.slice(0, middle), inserted, ...own.slice(middle)]),
        ),
      );
      return placeOf({ ...inserted, revision: middle });
    },
  },
  {
    name: 'cross-workspace-move',
    mustFind: ['log'],
    deceives: ['links', 'checkpoint', 'witness'],
    editExport: onExport.asAnothers,
    make: async ({ store }) => {
      const before = await readStore(store);
      const origin = originOf(before);
      const moved = before.find(({ stream, revision }) => stream === victim && revision === middle);
      if (!moved) throw new Error('the stream is too short');
      await rewriteStore(store, (events) => {
        const without = inStream(events, victim, (own) =>
          relinked(
            origin,
            victim,
            own.filter((event) => event.revision !== middle),
          ),
        );
        return inStream(without, neighbour, (own) => {
          const all = [...own, moved].sort((one, other) => one.position - other.position);
          return relinked(origin, neighbour, all, 'beta');
        });
      });
      const after = await readStore(store);
      return placeOf(after.find(({ position }) => position === moved.position));
    },
  },
];
