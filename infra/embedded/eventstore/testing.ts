import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AllStreamSubscription,
  type BinaryEventData,
  type StreamSubscription,
  EventStoreDBClient,
  type JSONEventData,
  type ResolvedEvent,
  binaryEvent,
  jsonEvent,
} from '@eventstore/db-client';
import { type EventStoreNode, type EventStoreNodeOptions, startEventStoreNode } from './node.js';

export type AnyEvent = JSONEventData;

/** A node in a folder of its own, and the official client connected to it. */
export interface TestNode {
  readonly node: EventStoreNode;
  readonly client: EventStoreDBClient;
  readonly directory: string;
  stop(): Promise<void>;
}

export function temporaryDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'axion-eventstore-'));
}

export async function startTestNode(options: Partial<EventStoreNodeOptions> = {}): Promise<TestNode> {
  const directory = options.directory ?? temporaryDirectory();
  const node = await startEventStoreNode({ ...options, directory });
  const client = EventStoreDBClient.connectionString(node.url);
  return {
    node,
    client,
    directory,
    stop: async () => {
      await client.dispose();
      await node.close();
      if (options.directory === undefined) rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The client appends by the unary call when it is given credentials, and by batch append otherwise. */
export const APPEND_CALLS = [
  ['batch append', {}],
  ['unary append', { credentials: { username: 'ignored', password: 'ignored' } }],
] as const;

let streams = 0;

export function freshStream(): string {
  return `stream-${++streams}`;
}

export function event(type = 'Happened', id: string = randomUUID()): AnyEvent {
  return jsonEvent({ id, type, data: { type } });
}

export function link(target: string): BinaryEventData {
  return binaryEvent({ type: '$>', data: new Uint8Array(Buffer.from(target)) });
}

/** Everything a read or a subscription gives until it ends. */
export async function collect(source: AsyncIterable<ResolvedEvent>): Promise<ResolvedEvent[]> {
  const events: ResolvedEvent[] = [];
  for await (const resolved of source) events.push(resolved);
  return events;
}

export function typesOf(events: readonly ResolvedEvent[]): (string | undefined)[] {
  return events.map(({ event: recorded }) => recorded?.type);
}

export function revisionsOf(events: readonly ResolvedEvent[]): (bigint | undefined)[] {
  return events.map(({ event: recorded }) => recorded?.revision);
}

/** Writes down what a subscription says, and waits for what it is to say. */
export class Listener {
  readonly heard: string[] = [];
  private check: () => void = () => {};

  constructor(private readonly subscription: StreamSubscription | AllStreamSubscription) {
    subscription.on('confirmation', () => this.hear('confirmation'));
    subscription.on('caughtUp', () => this.hear('caughtUp'));
    subscription.on('data', (resolved: ResolvedEvent) => this.hear(resolved.event?.type ?? 'nothing'));
    subscription.on('error', (error) => this.hear('type' in error ? String(error.type) : error.message));
  }

  get events(): string[] {
    return this.heard.filter((what) => what !== 'confirmation' && what !== 'caughtUp');
  }

  until(condition: (heard: string[]) => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.check = () => {
        if (condition(this.heard)) resolve();
      };
      this.check();
    });
  }

  untilHeard(what: string): Promise<void> {
    return this.until((heard) => heard.includes(what));
  }

  leave(): Promise<void> {
    return this.subscription.unsubscribe();
  }

  private hear(what: string): void {
    this.heard.push(what);
    this.check();
  }
}
