import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AppendResult,
  type BinaryEventData,
  EventStoreDBClient,
  type JSONEventData,
  type Position,
} from '@eventstore/db-client';
import { startEventStoreNode } from '../../infra/embedded/eventstore/node.js';
import { collect, event, typesOf } from '../../infra/embedded/eventstore/testing.js';
import { type ConformanceCase, describeCases, type ServerUnderTest } from '../kit/conformance-case.js';
import { allGroup, type Group, type GroupKind, streamGroup } from './groups.js';

export type ReadOptions = NonNullable<Parameters<EventStoreDBClient['readStream']>[1]>;
export type AppendOptions = NonNullable<Parameters<EventStoreDBClient['appendToStream']>[2]>;

/** What one case works with: streams that nobody has used, on a server that others may use too. */
export class EventStoreSubject {
  private groups = 0;

  constructor(
    readonly client: EventStoreDBClient,
    /** The connection string of the server. */
    readonly url: string,
    /** Where the server answers plain HTTP. */
    readonly httpUrl: string,
    /** A new stream; its name begins the names of all other streams and types of the case. */
    readonly stream: string,
    private readonly cleaning: (() => Promise<void>)[],
  ) {}

  /** Another new name that belongs to this case. */
  named(suffix: string): string {
    return `${this.stream}-${suffix}`;
  }

  /** Appends one event of each type to the stream of the case. */
  append(...types: readonly string[]): Promise<AppendResult> {
    return this.appendTo(this.stream, ...types);
  }

  appendTo(stream: string, ...types: readonly string[]): Promise<AppendResult> {
    return this.client.appendToStream(
      stream,
      types.map((type) => event(type)),
    );
  }

  /** Appends events as they are given. */
  write(events: JSONEventData | BinaryEventData | JSONEventData[], options: AppendOptions = {}) {
    return this.client.appendToStream(this.stream, events, options);
  }

  /** The types of what a read of the stream gives, in order; a link to nothing is `undefined`. */
  async read(options: ReadOptions = {}, stream = this.stream): Promise<(string | undefined)[]> {
    return typesOf(await collect(this.client.readStream(stream, options)));
  }

  /** The positions of the events of a stream. */
  async positions(stream = this.stream): Promise<Position[]> {
    const events = await collect(this.client.readStream(stream));
    return events.map((resolved) => defined(resolved.event?.position));
  }

  /** A client of its own, with these parameters in its connection string; it is closed at the end. */
  connect(parameters: Readonly<Record<string, string>>): EventStoreDBClient {
    const url = new URL(this.url);
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    const client = EventStoreDBClient.connectionString(url.toString());
    this.cleaning.push(() => client.dispose());
    return client;
  }

  /** A persistent subscription that is not there yet, for the events of the case; it is deleted at the end. */
  group(kind: GroupKind): Group {
    this.groups += 1;
    const name = this.named(`group-${this.groups}`);
    const make = kind === 'stream' ? streamGroup : allGroup;
    const group = make(this.client, name, this.stream);
    this.cleaning.push(() => group.delete().catch(() => {}));
    return group;
  }
}

export type EventStoreCase = ConformanceCase<EventStoreSubject>;

/** A value that the server must have given. */
export function defined<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('the server left something away that it must give');
  return value;
}

interface Target {
  readonly url: string;
  readonly httpUrl: string;
  readonly stop: () => Promise<void>;
}

/** The server of `ESDB_URL`, or an embedded node with a folder of its own. */
async function openTarget(): Promise<Target> {
  const url = process.env['ESDB_URL'];
  if (url !== undefined && url !== '') {
    const httpUrl = `http://${new URL(url).host}`;
    return { url, httpUrl, stop: () => Promise.resolve() };
  }
  const directory = await mkdtemp(join(tmpdir(), 'axion-conformance-'));
  const node = await startEventStoreNode({ directory, pagePort: 0 });
  return {
    url: node.url,
    httpUrl: defined(node.pageUrl),
    stop: async () => {
      await node.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function startServer(): Promise<ServerUnderTest<EventStoreSubject>> {
  const target = await openTarget();
  const client = EventStoreDBClient.connectionString(target.url);
  const prefix = `conformance-${randomBytes(8).toString('hex')}`;
  const cleaning: (() => Promise<void>)[] = [];
  let streams = 0;
  return {
    subject: () => {
      streams += 1;
      const stream = `${prefix}-${streams}`;
      return new EventStoreSubject(client, target.url, target.httpUrl, stream, cleaning);
    },
    stop: async () => {
      await Promise.all(cleaning.map((clean) => clean()));
      // The client waits for ever for a read that was left before its end, so nobody waits for the client.
      void client.dispose();
      await target.stop();
    },
  };
}

export function describeEventStore(title: string, ...tables: readonly (readonly EventStoreCase[])[]): void {
  describeCases(`EventStoreDB: ${title}`, startServer, tables.flat());
}
