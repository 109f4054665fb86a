import type { StoredEvent } from '../../domain/kernel/ports/event-log.js';
import { streamName } from '../../domain/kernel/names.js';
import { hashOf } from '../../infra/eventstore/chain.js';
import { IdempotencyStreams } from '../../infra/engine/commands/idempotency-stream.js';
import { verifyLinks } from '../../infra/audit/verify-links.js';
import type { Client, Definite, Told } from '../clients/client.js';
import type { Request } from '../clients/requests.js';
import { seededIds, workspace, type World } from '../world.js';
import { wasSo } from './account-history.js';

/** What clients were told, held against what the log holds. */
export async function checkCommands(world: World, client: Client): Promise<void> {
  for (const [request, told] of client.told) checkRequest(world, client, request, told);
  const { violations } = await verifyLinks(world.log, {
    audited: new Set(['account', 'report', 'fees', 'shipment', 'saga', 'origin', 'clock']),
  });
  for (const { stream, revision, fault } of violations)
    world.findings.add('links.broken', `${stream}@${revision}: ${fault}`);
}

function checkRequest(world: World, client: Client, request: Request, told: readonly Told[]): void {
  const { findings } = world;
  const label = `request ${request.index} (${request.kind}${request.keyed ? ', keyed' : ''})`;
  const definite = told.filter((one): one is Definite => one.kind !== 'unknown');
  const accepted = definite.filter((one) => one.kind === 'accepted');
  const effects = effectsOf(world, client, request);
  const whole = request.kind === 'deposit' ? request.parts : 1;

  findings.expect(effects.length <= whole, 'command.twice', () => `${label} has ${effects.length} events`);
  findings.expect(
    effects.length === 0 || effects.length >= whole,
    'command.half',
    () => `${label} has ${effects.length} of ${whole} events`,
  );
  for (const one of accepted) checkAccepted(world, request, one, effects, label);
  for (const one of definite) if (one.kind === 'rejected') checkRefusal(world, request, one, told, label);

  if (!request.keyed) {
    const answers = new Set(accepted.filter(({ answer }) => tookEffect(answer, effects)).map(textOf));
    findings.expect(
      answers.size <= 1,
      'command.answer-changed',
      () => `${label}: ${[...answers].join(' / ')}`,
    );
    return;
  }
  const outcomes = definite.filter(({ kind }) => kind !== 'keyReused');
  const texts = new Set(outcomes.map(textOf));
  findings.expect(texts.size <= 1, 'key.answer-changed', () => `${label}: ${[...texts].join(' / ')}`);
  const bodies = new Set(outcomes.map(({ otherBody }) => otherBody));
  findings.expect(bodies.size <= 1, 'key.two-bodies', () => `${label} was answered for two bodies`);
  findings.expect(
    effects.length === 0 || definite.every(({ kind }) => kind !== 'rejected'),
    'command.refused-yet-done',
    () => `${label} was refused, and has ${effects.length} events`,
  );
}

function checkAccepted(
  { findings, log }: World,
  request: Request,
  { answer, orderId, fromMs, toMs, otherBody }: Extract<Definite, { kind: 'accepted' }>,
  effects: readonly StoredEvent[],
  label: string,
): void {
  const stored = log
    .inStream(answer.stream)
    .find(({ event }) => event.revision.toString() === answer.revision)?.event;
  findings.expect(
    answer.revision === undefined ||
      (stored !== undefined &&
        answer.hash === hashOf(stored) &&
        answer.position === stored.position.toString()),
    'answer.wrong',
    () => `${label} was answered ${JSON.stringify(answer)}, which is not in the log`,
  );
  if (effects.length > 0 && tookEffect(answer, effects)) {
    const last = effects.at(-1);
    findings.expect(last === stored, 'answer.wrong', () => `${label} was not answered with its last event`);
    if (orderId !== undefined)
      findings.expect(
        isOrder(last?.data, orderId),
        'key.second-id',
        () => `${label} was told the id ${orderId}, which the log does not hold`,
      );
    return;
  }
  if (request.kind !== 'rename') {
    findings.expect(
      effects.length > 0,
      'command.lost',
      () => `${label} was acknowledged and is not in the log`,
    );
    findings.expect(effects.length === 0, 'answer.wrong', () => `${label} was answered with another's event`);
    return;
  }
  const name = otherBody ? `${request.name}-other` : request.name;
  const since = request.keyed ? 0 : fromMs;
  findings.expect(
    wasSo(log.inStream(accountStream(request.account)), since, toMs, (state) => state.name === name),
    'command.lost',
    () => `${label} was told that there is nothing to do, and never was it so`,
  );
}

function checkRefusal(
  { findings, log }: World,
  request: Request,
  refusal: Extract<Definite, { kind: 'rejected' }>,
  told: readonly Told[],
  label: string,
): void {
  const since = request.keyed ? Math.min(...told.map(({ fromMs }) => fromMs)) : refusal.fromMs;
  const amount = request.amount + (refusal.otherBody ? 1000 : 0);
  findings.expect(
    wasSo(
      log.inStream(accountStream(request.account)),
      since,
      refusal.toMs,
      ({ balance }) => balance === refusal.balance && balance < amount,
    ),
    'refusal.stale',
    () => `${label} was refused for a balance of ${String(refusal.balance)}, which was not so meanwhile`,
  );
}

/** The events of a request, by its command id, over all streams. */
function effectsOf(world: World, client: Client, request: Request): readonly StoredEvent[] {
  const keys = new IdempotencyStreams(world.log, seededIds(world.random));
  const id = request.keyed
    ? keys.commandIdOf(keys.streamOf(client.fingerprintOf(request, false)))
    : `command-${request.index}`;
  return world.log.landed.map(({ event }) => event).filter(({ metadata }) => metadata['a.cmd'] === id);
}

function tookEffect({ revision }: { readonly revision?: string }, effects: readonly StoredEvent[]): boolean {
  return effects.some((effect) => effect.revision.toString() === revision);
}

function textOf({ fromMs: _from, toMs: _to, otherBody: _body, ...outcome }: Definite): string {
  return JSON.stringify(outcome);
}

function isOrder(data: unknown, orderId: string): boolean {
  return typeof data === 'object' && data !== null && 'orderId' in data && data.orderId === orderId;
}

function accountStream(id: string): string {
  return streamName('account', workspace, id);
}
