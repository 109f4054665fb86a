import fc from 'fast-check';
import { Rejected, Unavailable } from '../../../domain/kernel/errors.js';
import { isJsonObject } from '../../../domain/kernel/json.js';
import type { Appended } from '../../../domain/kernel/ports/event-log.js';
import { AppendUnknown } from '../../../domain/kernel/ports/event-log.js';
import { InMemoryEventLog } from '../../eventstore/in-memory-event-log.js';
import { collect } from '../../eventstore/testing/collect.js';
import { lostAnswer, lostRequest, type AppendFault } from '../../eventstore/testing/faulty-event-log.js';
import { Deposit, Withdraw } from './testing/account.js';
import { Process, accountStream, verifyAccounts } from './testing/process.js';

const processes = 3;
const account = 'shared';

/** One request: by which processes it is sent, at the same time; what tells it from others is its amount. */
interface Request {
  readonly kind: 'deposit' | 'withdraw';
  readonly keyed: boolean;
  readonly by: readonly number[];
}
type Way = 'delivered' | 'lostRequest' | 'lostAnswer' | 'delayed';

const requests: fc.Arbitrary<Request> = fc.record({
  kind: fc.constantFrom('deposit', 'deposit', 'withdraw'),
  keyed: fc.boolean(),
  by: fc.array(fc.nat({ max: processes - 1 }), { minLength: 1, maxLength: 3 }),
});
const ways: fc.Arbitrary<readonly Way[]> = fc.array(
  fc.constantFrom<Way>('delivered', 'delivered', 'lostRequest', 'lostAnswer', 'delayed'),
  { maxLength: 12 },
);

describe('commands of several processes over one log that loses, delays and mixes what they send', () => {
  it('take effect exactly once when they are acknowledged, never when refused, and the chain holds', () =>
    fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(requests, { minLength: 2, maxLength: 8 }),
        fc.array(ways, { minLength: processes, maxLength: processes }),
        async (scheduler, asked, fates) => {
          const log = new InMemoryEventLog();
          const started = await Promise.all(Array.from({ length: processes }, () => Process.start(log)));
          await started[0]!.send(Deposit, { account, amount: 4 }, { commandId: 'opening' });
          const late: (() => Promise<Appended>)[] = [];
          started.forEach((process, index) => {
            for (const category of ['account', 'idempotency'])
              process.log.plan(
                category,
                ...fates[index]!.map((way): AppendFault => {
                  const fault = faultOf(way, late);
                  return async (send, append) => {
                    await scheduler.schedule(Promise.resolve(), way);
                    return fault(send, append);
                  };
                }),
              );
          });

          const outcomes = await scheduler.waitFor(
            Promise.all(
              asked.map((request, index) =>
                Promise.all(request.by.map((by) => outcomeOf(() => send(started[by]!, request, index)))),
              ),
            ),
          );
          for (const deliver of late) await deliver().catch(() => undefined);
          const afterwards = await Process.start(log);
          for (const [index, request] of asked.entries()) {
            const again = await outcomeOf(() => send(afterwards, request, index));
            const known = [...outcomes[index]!, again].filter((outcome) => outcome !== 'unknown');
            const effects = await effectsOf(log, index);
            expect(effects).toBeLessThanOrEqual(1);
            if (known.some(({ accepted }) => accepted)) expect(effects).toBe(1);
            else expect(effects).toBe(0);
            // With a key there is one outcome for ever; a command without one is decided anew until it took effect.
            const told = request.keyed ? known : known.filter(({ accepted }) => accepted);
            expect(new Set(told.map(({ text }) => text)).size).toBeLessThanOrEqual(1);
          }
          expect((await verifyAccounts(log)).violations).toEqual([]);
        },
      ),
      { numRuns: 150 },
    ));
});

function faultOf(way: Way, late: (() => Promise<Appended>)[]): AppendFault {
  switch (way) {
    case 'delivered':
      return (deliver) => deliver();
    case 'lostRequest':
      return lostRequest;
    case 'lostAnswer':
      return lostAnswer;
    case 'delayed':
      return (deliver, { stream }) => {
        late.push(deliver);
        return Promise.reject(new AppendUnknown(stream));
      };
  }
}

function send(process: Process, { kind, keyed }: Request, index: number) {
  const amount = amountOf(index);
  const type = kind === 'deposit' ? Deposit : Withdraw;
  return keyed
    ? process.sendOnce(`key-${index}`, type, { account, amount })
    : process.send(type, { account, amount }, { commandId: `command-${index}` });
}

/** Tells requests apart, and is near enough to the balance for some to be refused. */
const amountOf = (index: number): number => index + 5;

type Told = { readonly accepted: boolean; readonly text: string };

async function outcomeOf(work: () => Promise<object>): Promise<Told | 'unknown'> {
  try {
    return { accepted: true, text: JSON.stringify(await work()) };
  } catch (error) {
    if (error instanceof Unavailable) return 'unknown';
    if (error instanceof Rejected)
      return { accepted: false, text: JSON.stringify([error.code, error.details]) };
    throw error;
  }
}

async function effectsOf(log: InMemoryEventLog, index: number): Promise<number> {
  const events = await collect(log.read(accountStream(account)));
  return events.filter(({ data }) => isJsonObject(data) && data['amount'] === amountOf(index)).length;
}
