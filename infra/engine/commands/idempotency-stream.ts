import { hash } from 'node:crypto';
import { InvariantBroken, KeyReused, type ErrorDetails } from '../../../domain/kernel/errors.js';
import type { JsonValue } from '../../../domain/kernel/json.js';
import { streamName, type StreamName, type WorkspaceId } from '../../../domain/kernel/names.js';
import { AppendUnknown, type EventLog, type StoredEvent } from '../../../domain/kernel/ports/event-log.js';
import type { IdSource } from '../../../domain/kernel/time.js';
import { contentId } from '../../eventstore/chain.js';
import { toStorableJson } from '../../eventstore/canonical-json.js';
import type { Answer } from './aggregates.js';

/** What makes two requests the same one. */
export interface RequestFingerprint {
  /** The principal's own, whatever workspace the request speaks of. */
  readonly workspace: WorkspaceId;
  readonly principal: string;
  /** The route's template, not its path: `/v1/…/:id`. */
  readonly route: string;
  readonly key: string;
  /** Canonical text over method, workspace, path parameters, query and body. */
  readonly content: string;
}

/** What a first attempt settled, and every later one keeps. */
export interface Attempt {
  readonly commandId: string;
  readonly at: string;
  /** The values of the platform's own fields: generated ids, and what was looked up. */
  readonly generated: Readonly<Record<string, JsonValue>>;
}

export type Outcome =
  | { readonly kind: 'accepted'; readonly answer: Answer }
  | {
      readonly kind: 'rejected';
      readonly code: string;
      readonly message: string;
      readonly details: ErrorDetails;
    };

interface Attempted extends Attempt {
  readonly target: string;
  /** The revision the events were decided at; a success stands right behind it. */
  readonly revision: string | null;
  readonly salt: string;
  readonly bodyHash: string;
}
interface Answered extends Attempt {
  readonly outcome: Outcome;
  readonly salt: string;
  readonly bodyHash: string;
}

export interface Reservation {
  readonly stream: StreamName;
  readonly revision: bigint | undefined;
  readonly first: Attempt | undefined;
  readonly outcome: Outcome | undefined;
}

/** The stream that a client's `Idempotency-Key` names: unaudited, unlinked, forgotten after 30 days (rules C3, C4). */
export class IdempotencyStreams {
  constructor(
    private readonly log: EventLog,
    private readonly ids: IdSource,
  ) {}

  streamOf({ workspace, principal, route, key }: RequestFingerprint): StreamName {
    return streamName('idempotency', workspace, hash('sha256', JSON.stringify([principal, route, key])));
  }

  commandIdOf(stream: StreamName): string {
    return contentId(hash('sha256', `axion/cmd/1\n${stream}`));
  }

  /** @throws KeyReused when the key came with another request before */
  async read(stream: StreamName, fingerprint: RequestFingerprint): Promise<Reservation> {
    let revision: bigint | undefined;
    let first: Attempt | undefined;
    let outcome: Outcome | undefined;
    for await (const event of this.log.read(stream)) {
      const entry = entryOf(event);
      if (bodyHash(entry.salt, fingerprint) !== entry.bodyHash)
        throw new KeyReused('idempotency.key-reused', 'this Idempotency-Key was used with another request', {
          firstUsedAt: entry.at,
        });
      revision = event.revision;
      first ??= { commandId: entry.commandId, at: entry.at, generated: entry.generated };
      if ('outcome' in entry) outcome = entry.outcome;
    }
    return { stream, revision, first, outcome };
  }

  async attempt(
    { stream, revision }: Reservation,
    fingerprint: RequestFingerprint,
    attempt: Attempt,
    target: StreamName,
    decidedAt: bigint | undefined,
    salt: string,
  ): Promise<void> {
    const data = { ...attempt, target, revision: decidedAt?.toString() ?? null };
    await this.append('Attempt', stream, revision, { ...data, salt, bodyHash: bodyHash(salt, fingerprint) });
  }

  async answer(
    { stream, revision }: Reservation,
    fingerprint: RequestFingerprint,
    attempt: Attempt,
    outcome: Outcome,
    salt: string,
  ): Promise<void> {
    const data = { ...attempt, outcome, salt, bodyHash: bodyHash(salt, fingerprint) };
    await this.append('Answered', stream, revision, data);
  }

  /** The id is fixed before the first send, so that sending again is harmless (rule F3). */
  private async append(
    type: string,
    stream: StreamName,
    revision: bigint | undefined,
    data: object,
  ): Promise<void> {
    const event = { id: this.ids.next(), type, data: toStorableJson(data), metadata: {} };
    try {
      await this.log.append(stream, revision ?? 'no_stream', [event]);
    } catch (error) {
      if (!(error instanceof AppendUnknown)) throw error;
      await this.log.append(stream, revision ?? 'no_stream', [event]);
    }
  }
}

function bodyHash(salt: string, { content }: RequestFingerprint): string {
  return hash('sha256', `axion/body/1\n${salt}\n${content}`);
}

function entryOf(event: StoredEvent): Attempted | Answered {
  const data = event.data;
  if (typeof data !== 'object' || data === null || !('bodyHash' in data))
    throw new InvariantBroken('idempotency.unreadable', `${event.stream} holds what nobody of us wrote`);
  return data as Attempted | Answered;
}
