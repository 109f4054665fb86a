import {
  END,
  eventTypeFilter,
  excludeSystemEvents,
  type Filter,
  type Position,
  streamNameFilter,
} from '@eventstore/db-client';
import { collect, Listener } from '../../infra/embedded/eventstore/testing.js';
import { defined, describeEventStore, type EventStoreSubject } from './subject.js';
import { type ScenarioRow, scenarios } from './tables.js';

const area = 'server-side filters';
const source = 'client suite: subscribeToAll filters; EventStoreDB clients: Server-side filtering';

/** Events of two streams of the case, in the order 1:Apple 1:Pear 2:Apple 2:Plum 1:Last; types begin with its name. */
async function fill(subject: EventStoreSubject): Promise<Position> {
  const { position } = await subject.append('before');
  const one = subject.named('one');
  const two = subject.named('two');
  const types = (...names: string[]) => names.map((name) => subject.named(name));
  await subject.appendTo(one, ...types('Apple', 'Pear'));
  await subject.appendTo(two, ...types('Apple', 'Plum'));
  await subject.appendTo(one, ...types('Last'));
  return defined(position);
}

function given(name: string, filterOf: (prefix: string) => Filter, expected: string): ScenarioRow {
  return [
    `by ${name}`,
    async (subject) => {
      const fromPosition = await fill(subject);
      const prefix = `${subject.stream}-`;
      const filter = filterOf(prefix);
      const listener = new Listener(subject.client.subscribeToAll({ filter, fromPosition }));
      await listener.untilHeard(`${prefix}Last`);
      await listener.leave();
      const own = listener.events.filter((type) => type.startsWith(prefix));
      expect(own.map((type) => type.slice(prefix.length)).join(' ')).toBe(expected);
    },
  ];
}

const kinds = scenarios({ area, source }, [
  given('a stream prefix', (p) => streamNameFilter({ prefixes: [`${p}one`] }), 'Apple Pear Last'),
  given(
    'several stream prefixes',
    (p) => streamNameFilter({ prefixes: [`${p}two`, `${p}one`] }),
    'Apple Pear Apple Plum Last',
  ),
  given('a stream pattern', (p) => streamNameFilter({ regex: `^${p}on.$` }), 'Apple Pear Last'),
  given('a stream pattern without anchors', (p) => streamNameFilter({ regex: `${p}o` }), 'Apple Pear Last'),
  given('a type prefix', (p) => eventTypeFilter({ prefixes: [`${p}Last`] }), 'Last'),
  given('several type prefixes', (p) => eventTypeFilter({ prefixes: [`${p}P`, `${p}La`] }), 'Pear Plum Last'),
  given('a type pattern', (p) => eventTypeFilter({ regex: `^${p}(Apple|Last)$` }), 'Apple Apple Last'),
  given('what is no system event', () => excludeSystemEvents(), 'Apple Pear Apple Plum Last'),
  given('a window of one', (p) => eventTypeFilter({ prefixes: [`${p}Last`], maxSearchWindow: 1 }), 'Last'),
  [
    'without system events none is given',
    async (subject) => {
      const { position } = await subject.append('before');
      const last = subject.named('last');
      await subject.client.setStreamMetadata(subject.stream, { maxCount: 100 });
      await subject.append(last);
      const filter = excludeSystemEvents();
      const fromPosition = defined(position);
      const listener = new Listener(subject.client.subscribeToAll({ filter, fromPosition }));
      await listener.untilHeard(last);
      await listener.leave();
      expect(listener.events.filter((type) => type.startsWith('$'))).toEqual([]);
    },
  ],
  [
    'what comes live is filtered too',
    async (subject) => {
      const wanted = subject.named('Wanted');
      const filter = eventTypeFilter({ prefixes: [wanted] });
      const listener = new Listener(subject.client.subscribeToAll({ filter, fromPosition: END }));
      await listener.untilHeard('caughtUp');
      await subject.append(`${wanted}-1`, 'Other');
      await subject.append('Other', `${wanted}-2`);
      await listener.untilHeard(`${wanted}-2`);
      await listener.leave();
      expect(listener.events).toEqual([`${wanted}-1`, `${wanted}-2`]);
    },
  ],
  [
    'a pattern that is none is refused',
    async ({ client }) => {
      const filter = eventTypeFilter({ regex: '(' });
      const listener = new Listener(client.subscribeToAll({ filter }));
      await listener.untilHeard('unknown');
      expect(listener.events).toEqual(['unknown']);
    },
  ],
]);

/** Collects checkpoints until there are enough. */
function checkpoints(count: number) {
  const positions: Position[] = [];
  let reached = (): void => {};
  const enough = new Promise<void>((resolve) => (reached = resolve));
  const checkpointReached = (_: unknown, position: Position): void => {
    positions.push(position);
    if (positions.length >= count) reached();
  };
  return { positions, enough, checkpointReached };
}

const observed = scenarios({ area: 'checkpoints of filters', source: 'observed: Subscriptions' }, [
  [
    'live, there is one for each window × interval events looked at',
    async (subject) => {
      const { positions, enough, checkpointReached } = checkpoints(4);
      const prefixes = [subject.named('Never')];
      const options = { prefixes, maxSearchWindow: 4, checkpointInterval: 2, checkpointReached };
      const filter = eventTypeFilter(options);
      const listener = new Listener(subject.client.subscribeToAll({ filter, fromPosition: END }));
      await listener.untilHeard('caughtUp');
      for (let count = 0; count < 32; count++) await subject.append('Looked');
      await enough;
      await listener.leave();
      for (const [index, fromPosition] of positions.slice(1, 3).entries()) {
        const next = defined(positions[index + 2]);
        const events = await collect(subject.client.readAll({ fromPosition, maxCount: 9 }));
        expect(events.at(-1)?.event?.position?.commit).toBe(next.commit);
      }
    },
  ],
  [
    'catching up, each is a position of the log at which a read can begin',
    async (subject) => {
      const { positions, enough, checkpointReached } = checkpoints(1);
      const { position } = await subject.append('before');
      await subject.append(...Array.from({ length: 200 }, () => 'Looked'));
      const prefixes = [subject.named('Never')];
      const options = { prefixes, maxSearchWindow: 8, checkpointInterval: 1, checkpointReached };
      const filter = eventTypeFilter(options);
      const fromPosition = defined(position);
      const listener = new Listener(subject.client.subscribeToAll({ filter, fromPosition }));
      await enough;
      await listener.leave();
      for (const { commit, prepare } of positions) {
        expect(commit).toBeGreaterThan(fromPosition.commit);
        const [found] = await collect(
          subject.client.readAll({ fromPosition: { commit, prepare }, maxCount: 1 }),
        );
        expect(found?.event).toBeDefined();
      }
    },
  ],
]);

const resuming = scenarios({ area: 'checkpoints of filters', source }, [
  [
    'a subscription that begins at a checkpoint misses no match behind it',
    async (subject) => {
      const { positions, enough, checkpointReached } = checkpoints(1);
      const wanted = subject.named('Wanted');
      const { position } = await subject.append('before');
      await subject.append(...Array.from({ length: 100 }, () => 'Looked'));
      const options = { prefixes: [wanted], maxSearchWindow: 8, checkpointInterval: 1 };
      const first = new Listener(
        subject.client.subscribeToAll({
          filter: eventTypeFilter({ ...options, checkpointReached }),
          fromPosition: defined(position),
        }),
      );
      await enough;
      await first.leave();
      await subject.append(`${wanted}-1`, 'Looked', `${wanted}-2`);
      const second = new Listener(
        subject.client.subscribeToAll({
          filter: eventTypeFilter(options),
          fromPosition: defined(positions.at(-1)),
        }),
      );
      await second.untilHeard(`${wanted}-2`);
      await second.leave();
      expect(second.events).toEqual([`${wanted}-1`, `${wanted}-2`]);
    },
  ],
]);

describeEventStore('filters', kinds, observed, resuming);
