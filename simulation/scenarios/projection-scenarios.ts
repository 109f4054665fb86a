import { statements } from '../bank/read-models.js';
import type { HeldCalls } from '../faults/held-calls.js';
import { claimedBy } from '../oracle/witnessed-store.js';
import type { Stage } from '../stage.js';
import { workspace } from '../world.js';
import { api, place, worker, type Scenario } from './scenario.js';

const older = { ...worker, older: true };
/** Older code cannot apply a deposit of this amount; newer code can. */
const unknownAmount = 4;
const account = 'account-0';

async function deposit(stage: Stage, amount: number, into = account): Promise<bigint> {
  const told = await stage.send(2, { kind: 'deposit', amount, account: into });
  if (told.kind !== 'accepted' || told.answer.position === undefined)
    throw new RangeError(`a deposit was ${told.kind}`);
  return BigInt(told.answer.position);
}

async function positionsParked({ world }: Stage): Promise<readonly bigint[]> {
  const [document] = await world.store.load(statements, [{ workspace, id: account }]);
  return document?.parked ? [document.parked.position, ...document.parked.waiting] : [];
}

async function untilClaimed(stage: Stage, position: bigint): Promise<void> {
  await stage.until('a checkpoint says that it is done', async () => {
    const claimed = claimedBy(await stage.world.store.checkpoints(statements));
    return claimed !== undefined && claimed >= position;
  });
}

/** An event that old code parks and new code is about to write, with another that waits behind it by now. */
async function parkUnderAWrite(stage: Stage): Promise<HeldCalls> {
  await untilClaimed(stage, await deposit(stage, 2));
  const writing = stage.slot(1).hold((call) => call.startsWith('store.write statements_v1 '));
  const parking = stage.slot(0).hold((call) => call.startsWith('store.replace statements_v1 '));
  const parked = await deposit(stage, unknownAmount);
  // Both have loaded the document before either changes it.
  await Promise.all([writing.reached, parking.reached]);
  parking.release();
  await stage.until('it is parked', async () => (await positionsParked(stage)).includes(parked));
  const waiting = await deposit(stage, 2);
  await stage.until('another waits behind it', async () => (await positionsParked(stage)).includes(waiting));
  await untilClaimed(stage, waiting);
  return writing;
}

async function killWhile(stage: Stage, writing: HeldCalls): Promise<void> {
  const restarted = stage.slot(1).crash(stage.world.random.integer(0, 500));
  writing.release();
  await restarted;
}

export const projectionScenarios: readonly Scenario[] = [
  {
    name: 'rolling-deploy-with-parked-events',
    about: 'old code parks what new code is about to write, and the new process is killed before it goes on',
    plans: [place(older, worker), place(worker), api],
    async play(stage) {
      await killWhile(stage, await parkUnderAWrite(stage));
      await deposit(stage, 2);
    },
  },
  {
    name: 'sleeper-after-an-unpark',
    about: 'a process wakes up in the middle of a write, after what was parked meanwhile has been unparked',
    plans: [place(older, worker), place(worker), api],
    async play(stage) {
      const writing = await parkUnderAWrite(stage);
      await stage.slot(2).current?.operations.unpark(statements.name);
      if (stage.world.random.chance(0.5)) await deposit(stage, unknownAmount);
      if (stage.world.random.chance(0.5)) await killWhile(stage, writing);
      else writing.release();
      await deposit(stage, 2);
    },
  },
  {
    name: 'sleeper-that-parks',
    about: 'old code wakes up in the middle of parking another event, after all has been unparked',
    plans: [place(older, worker), place(worker), api],
    async play(stage) {
      const { time, random } = stage.world;
      await parkUnderAWrite(stage).then((writing) => writing.release());
      const parking = stage.slot(0).hold((call) => call.startsWith('store.replace statements_v1 '));
      await deposit(stage, random.integer(1, 9));
      await parking.reached;
      await stage.slot(2).current?.operations.unpark(statements.name);
      await deposit(stage, 2);
      await time.sleep(random.integer(0, 2000));
      parking.release();
      await deposit(stage, 3);
    },
  },
  {
    name: 'sleeper-after-a-rebuild',
    about:
      'a process wakes up in the middle of a write and of a checkpoint, after the read model was rebuilt',
    plans: [place(worker), place(worker), api],
    async play(stage) {
      const { world } = stage;
      await untilClaimed(stage, await deposit(stage, 2));
      const asleep = stage
        .slot(0)
        .hold((call) => /^store\.(write|replace|saveCheckpoint) statements_v1 /.test(call));
      await deposit(stage, 3);
      await asleep.reached;
      await stage.slot(1).current?.operations.rebuild(statements.name);
      await stage.until('the new build serves', async () => {
        const pointer = await world.store.pointer(statements.name);
        return pointer !== undefined && pointer.serving.build > 0;
      });
      await deposit(stage, 5);
      if (world.random.chance(0.5)) await stage.slot(1).current?.operations.rollback(statements.name);
      asleep.release();
      await deposit(stage, 6);
    },
  },
  {
    name: 'another-number-of-lanes',
    about: 'a process is killed in the middle of its lanes, and the next ones have another number of them',
    plans: [place({ lanes: 3 }, { lanes: 2 }, { lanes: 1 }, { lanes: 3 }), api, api],
    async play(stage) {
      const { random } = stage.world;
      const accounts = ['account-0', 'account-1', 'account-2', 'account-3'];
      for (let deploy = 0; deploy < 3; deploy++) {
        const one = accounts[random.integer(0, 3)] ?? account;
        const working = stage
          .slot(0)
          .hold((call) => /^store\.(load|write) statements_v1 /.test(call) && call.includes(`"${one}"`));
        for (const into of accounts) await deposit(stage, random.integer(1, 9), into);
        await working.reached;
        await stage.world.time.sleep(random.integer(0, 1500));
        const restarted = stage.slot(0).crash(random.integer(0, 300));
        if (random.chance(0.5)) {
          await restarted;
          await stage.world.time.sleep(random.integer(0, 1500));
        }
        working.release();
        await restarted;
      }
    },
  },
];
