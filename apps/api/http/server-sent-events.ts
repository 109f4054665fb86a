import { Readable } from 'node:stream';
import { Injectable, StreamableFile, type OnModuleDestroy } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Unavailable } from '../../../domain/kernel/errors.js';
import type { JsonObject } from '../../../domain/kernel/json.js';
import { pause } from '../../../infra/system/pause.js';

export const eventStreamType = 'text/event-stream';

export interface ServerSentEvent {
  /** Sent back as `Last-Event-ID` by a client that comes again; of printable characters. */
  readonly id?: string;
  readonly event: string;
  readonly data: JsonObject;
}

/** Each holds a connection, and asks for what is new again and again. */
const mostOpen = 200;
/** Shorter than what proxies commonly close idle connections after. */
const heartbeatMs = 15_000;

/** Streams of server-sent events (HTML standard, 9.2): so many at once, ended with their client and with the server. */
@Injectable()
export class ServerSentEvents implements OnModuleDestroy {
  private readonly open = new Set<AbortController>();

  /**
   * @param events ends the stream by ending; it is told when nobody listens any longer
   * @throws Unavailable `events.too-many`
   */
  stream(
    request: FastifyRequest,
    reply: FastifyReply,
    events: (stop: AbortSignal) => AsyncIterable<ServerSentEvent>,
  ): StreamableFile {
    if (this.open.size >= mostOpen)
      throw new Unavailable('events.too-many', `${mostOpen} streams of events are open already; ask instead`);
    const controller = new AbortController();
    this.open.add(controller);
    const stop = (): void => controller.abort();
    const { socket } = request.raw;
    socket.once('close', stop);
    if (socket.destroyed) stop();
    const lines = written(events(controller.signal), controller.signal);
    const ended = (): void => {
      stop();
      socket.off('close', stop);
      this.open.delete(controller);
    };
    // A proxy that gathers answers would hold them back.
    void reply.header('cache-control', 'no-store').header('x-accel-buffering', 'no');
    const readable = Readable.from(lines, { objectMode: false });
    readable.once('close', ended);
    return new StreamableFile(readable, { type: eventStreamType });
  }

  /** Nest calls it before the server closes, which would wait for them. */
  onModuleDestroy(): void {
    for (const controller of this.open) controller.abort();
  }
}

/** What a client has seen last; undefined on its first visit. */
export function lastEventId(request: FastifyRequest): string | undefined {
  const header = request.headers['last-event-id'];
  return typeof header === 'string' && header !== '' ? header : undefined;
}

async function* written(events: AsyncIterable<ServerSentEvent>, stop: AbortSignal): AsyncIterable<string> {
  // Headers go out with the first bytes.
  yield ': events follow\n\n';
  const iterator = events[Symbol.asyncIterator]();
  let next = iterator.next();
  const isStopped = (): boolean => stop.aborted;
  while (!isStopped()) {
    const rest = new AbortController();
    const resting = AbortSignal.any([stop, rest.signal]);
    const found = await Promise.race([next, pause(heartbeatMs, resting).then(() => undefined)]);
    rest.abort();
    if (isStopped()) return;
    if (found === undefined) yield ': still here\n\n';
    else if (found.done === true) return;
    else {
      yield textOf(found.value);
      next = iterator.next();
    }
  }
}

/** JSON has no line ends of its own, so that the data is one line. */
function textOf({ id, event, data }: ServerSentEvent): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
