import { randomUUID } from 'node:crypto';
import {
  type AppendResult,
  type DeleteResult,
  type EventStoreDBClient,
  ErrorType,
  NO_STREAM,
  jsonEvent,
} from '@eventstore/db-client';
import { type EventStoreAcknowledgement, LOAD_PREFIX, type LoadEvent } from './event-store-journal.js';
import type { SeededRandom } from './random.js';
import type { Round } from './round.js';

type Operation =
  | { readonly kind: 'append'; readonly events: readonly LoadEvent[] }
  | { readonly kind: 'delete' | 'tombstone' };

/** An answer that contradicts what the node said before. */
export class Contradiction extends Error {
  override readonly name = 'Contradiction';
}

/**
 * The only writer of its streams, so it knows what every answer has to be. What was in doubt when the node died is
 * done again first, with the same ids at the same revision: that must succeed, whether it had happened or not.
 */
export class EventStoreWriter {
  private streams = 0;
  private stream = '';
  /** The last revision; -1 in a new stream. */
  private last = -1;
  private inDoubt: Operation | undefined;

  constructor(
    private readonly name: string,
    private readonly random: SeededRandom,
    private readonly acknowledge: (what: EventStoreAcknowledgement) => Promise<void>,
  ) {
    this.nextStream();
  }

  /** @throws Contradiction, and whatever the node refuses while it is alive */
  async write(client: EventStoreDBClient, round: Round): Promise<void> {
    while (!round.isKilled) {
      const operation = (this.inDoubt ??= this.next());
      const answered = await round.answerOf(this.perform(client, operation));
      if (!answered) return;
      await this.acknowledge(answered.answer);
      if (operation.kind === 'append' && this.random.chance(0.15)) {
        const again = await round.answerOf(this.perform(client, operation));
        if (!again) return;
        if (JSON.stringify(again.answer) !== JSON.stringify(answered.answer))
          throw new Contradiction(`a repeated append to ${this.stream} was answered differently`);
      }
      this.inDoubt = undefined;
      if (operation.kind === 'append') this.last += operation.events.length;
      if (operation.kind === 'tombstone') this.nextStream();
    }
  }

  private nextStream(): void {
    this.stream = `${LOAD_PREFIX}${this.name}-${++this.streams}`;
    this.last = -1;
  }

  private next(): Operation {
    if (this.last >= 0 && this.random.chance(0.04)) return { kind: 'delete' };
    if (this.last >= 0 && this.random.chance(0.02)) return { kind: 'tombstone' };
    const count = this.random.chance(0.2) ? this.random.integer(2, 30) : 1;
    const append = randomUUID();
    const padding = 'x'.repeat(this.random.chance(0.01) ? 60_000 : this.random.integer(20, 1500));
    const events = Array.from({ length: count }, (_, index) =>
      jsonEvent({
        id: randomUUID(),
        type: 'Loaded',
        data: { append, index, count, padding: index === 0 ? padding : '' },
      }),
    );
    return { kind: 'append', events };
  }

  private async perform(
    client: EventStoreDBClient,
    operation: Operation,
  ): Promise<EventStoreAcknowledgement> {
    const { stream, last } = this;
    const expectedRevision = last < 0 ? NO_STREAM : BigInt(last);
    if (operation.kind !== 'append') {
      const result = await remove(client, operation.kind, stream, BigInt(last));
      return { kind: operation.kind, stream, ...positionOf(result) };
    }
    // With credentials the client takes the unary call, without them batch append.
    const credentials = { username: 'ignored', password: 'ignored' };
    const result = await client.appendToStream(stream, [...operation.events], {
      expectedRevision,
      ...(this.random.chance(0.5) && { credentials }),
    });
    const revision = last + operation.events.length;
    if (result.nextExpectedRevision !== BigInt(revision))
      throw new Contradiction(
        `an append to ${stream} ends at ${result.nextExpectedRevision}, not ${revision}`,
      );
    return {
      kind: 'append',
      stream,
      ids: operation.events.map(({ id }) => id),
      last: revision,
      ...positionOf(result),
    };
  }
}

async function remove(
  client: EventStoreDBClient,
  kind: 'delete' | 'tombstone',
  stream: string,
  expectedRevision: bigint,
): Promise<DeleteResult | undefined> {
  if (kind === 'delete') return client.deleteStream(stream, { expectedRevision });
  try {
    return await client.tombstoneStream(stream, { expectedRevision });
  } catch (error) {
    // The one in doubt had happened.
    if (error instanceof Error && 'type' in error && error.type === ErrorType.STREAM_DELETED)
      return undefined;
    throw error;
  }
}

function positionOf(result: AppendResult | DeleteResult | undefined): { readonly position?: string } {
  const position = result?.position?.commit;
  return position === undefined ? {} : { position: String(position) };
}
