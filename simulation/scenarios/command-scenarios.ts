import { api, place, worker, type Scenario } from './scenario.js';

/** Where the slower of two processes stops: at the key, or at what the command changes. */
const stops = ['append idempotency-', 'append account-'];

export const commandScenarios: readonly Scenario[] = [
  {
    name: 'same-key-at-two-processes',
    about: 'one key comes to two processes at once, and one of them stops before it appends',
    plans: [api, api, place(worker)],
    async play(stage) {
      const { random, time } = stage.world;
      await stage.send(2, { kind: 'deposit', amount: 20 });
      const stop = stops[random.integer(0, 1)] ?? '';
      const appending = stage.slot(0).hold((call) => call.startsWith(stop));
      const kind = (['order', 'withdraw', 'deposit'] as const)[random.integer(0, 2)] ?? 'order';
      const request = stage.wants({ kind, keyed: true, parts: random.integer(1, 2) });
      const slower = stage.sendOnce(0, request);
      await appending.reached;
      await stage.sendOnce(1, request);
      await time.sleep(random.integer(0, 2000));
      appending.release();
      await slower;
    },
  },
  {
    name: 'refused-and-then-possible',
    about: 'a refusal is asked for again when the rules would allow it by now',
    plans: [api, api, place(worker)],
    async play(stage) {
      const request = stage.wants({ kind: 'withdraw', amount: 10, keyed: true });
      await stage.sendOnce(0, request);
      await stage.send(1, { kind: 'deposit', amount: 20 });
      await stage.sendOnce(stage.world.random.integer(0, 1), request);
    },
  },
];
