import { KeyReused, Rejected, Unavailable } from '../../domain/kernel/errors.js';
import type { CommandContext } from '../../domain/kernel/event.js';
import type { IdSource } from '../../domain/kernel/time.js';
import type { Answer } from '../../infra/engine/commands/aggregates.js';
import type { RequestFingerprint } from '../../infra/engine/commands/idempotency-stream.js';
import { PlaceOrder } from '../bank/account.js';
import { shownNow } from '../oracle/shown-time.js';
import type { Slot } from '../slot.js';
import type { SimulatedProcess } from '../simulated-process.js';
import { workspace, type World } from '../world.js';
import { commandOf, type Request, type Sending } from './requests.js';

/** What a client was told, and when. */
export type Told = { readonly fromMs: number; readonly toMs: number; readonly otherBody: boolean } & (
  | { readonly kind: 'accepted'; readonly answer: Answer; readonly orderId: string | undefined }
  | { readonly kind: 'rejected'; readonly code: string; readonly balance: unknown }
  | { readonly kind: 'keyReused' }
  | { readonly kind: 'unknown'; readonly code: string }
);
export type Definite = Exclude<Told, { kind: 'unknown' }>;

const patienceMs = 4000;
const attempts = 4;

/** Sends requests, again where it is not known what became of them, and remembers what it was told. */
export class Client {
  readonly told = new Map<Request, Told[]>();
  /** The newest position that anybody was told. */
  position: bigint | undefined;

  constructor(
    private readonly world: World,
    private readonly slots: readonly Slot[],
    private readonly ids: IdSource,
  ) {}

  async send(request: Request, { atMs, through, otherBody }: Sending): Promise<void> {
    const { time, random } = this.world;
    await time.sleep(atMs);
    for (let attempt = 0; attempt < attempts; attempt++) {
      const slot = this.slots[attempt === 0 ? through : random.integer(0, this.slots.length - 1)];
      const told = await this.sendOnce(request, slot?.current, otherBody);
      if (told.kind !== 'unknown') return;
      await time.sleep(random.integer(50, 800));
    }
  }

  async sendOnce(request: Request, process: SimulatedProcess | undefined, otherBody: boolean): Promise<Told> {
    const { time, trace, findings } = this.world;
    const fromMs = time.now;
    const outcome = process
      ? await Promise.race([
          this.ask(request, process, otherBody),
          time.sleep(patienceMs).then(() => ({ kind: 'unknown' as const, code: 'client.timeout' })),
        ])
      : { kind: 'unknown' as const, code: 'client.no-process' };
    if (outcome.kind === 'unexpected') {
      findings.add('command.unexpected-error', outcome.text);
      return { fromMs, toMs: time.now, otherBody, kind: 'unknown', code: 'unexpected' };
    }
    const told: Told = { fromMs, toMs: time.now, otherBody, ...outcome };
    this.told.set(request, [...(this.told.get(request) ?? []), told]);
    trace.add(`${time.now} client ${request.index} ${JSON.stringify(outcome)}`);
    if (told.kind === 'accepted' && told.answer.position !== undefined) {
      const position = BigInt(told.answer.position);
      if (position > (this.position ?? -1n)) this.position = position;
    }
    return told;
  }

  fingerprintOf(request: Request, otherBody: boolean): RequestFingerprint {
    const content = `${request.kind} ${request.index} ${otherBody}`;
    return { workspace, principal: 'key:alice', route: 'POST /v1', key: `key-${request.index}`, content };
  }

  private async ask(request: Request, process: SimulatedProcess, otherBody: boolean) {
    const command = commandOf(request, otherBody, this.ids.next());
    const context: CommandContext = {
      workspace,
      actor: 'key:alice',
      at: shownNow(this.world),
      commandId: request.keyed ? this.ids.next() : `command-${request.index}`,
      correlationId: `correlation-${request.index}`,
      causationId: '',
    };
    try {
      const answer = await process.execute(
        command,
        context,
        request.keyed ? this.fingerprintOf(request, otherBody) : undefined,
      );
      // Without a key, an id of its own is what the sender says it is.
      const orderId = request.keyed && command instanceof PlaceOrder ? command.orderId : undefined;
      return { kind: 'accepted' as const, answer, orderId };
    } catch (error) {
      if (error instanceof KeyReused) return { kind: 'keyReused' as const };
      if (error instanceof Unavailable) return { kind: 'unknown' as const, code: error.code };
      if (error instanceof Rejected)
        return { kind: 'rejected' as const, code: error.code, balance: error.details['balance'] };
      return { kind: 'unexpected' as const, text: String(error) };
    }
  }
}
