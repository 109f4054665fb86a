import type { JsonObject } from '../../domain/kernel/json.js';
import { workspaceId, type StreamName } from '../../domain/kernel/names.js';
import { linkEvents, type UnlinkedEvent } from '../../infra/eventstore/chain.js';
import { originStream } from '../../infra/eventstore/origin.js';
import type { DiskEvent } from './disk-log.js';

/** What an event says, without its place and its links. */
export function unlinked({ type, data, metadata }: DiskEvent): UnlinkedEvent {
  const fields = JSON.parse(metadata.toString()) as Record<string, string>;
  return unlinkedOf(type, JSON.parse(data.toString()) as JsonObject, fields);
}

/** @param metadata what is hashed of it, and maybe more */
export function unlinkedOf(
  type: string,
  data: JsonObject,
  metadata: Readonly<Record<string, string>>,
): UnlinkedEvent {
  const text = (key: string): string => metadata[`a.${key}`] ?? '';
  return {
    type,
    schema: Number(text('schema')),
    data,
    salt: text('salt'),
    context: {
      workspace: workspaceId(text('ws')),
      at: text('at'),
      actor: text('actor'),
      commandId: text('cmd'),
      correlationId: text('corr'),
      causationId: text('cause'),
    },
  };
}

/** Changes what an event says, and nothing that would have to follow from it. */
export function withData(event: DiskEvent, changes: JsonObject): DiskEvent {
  const data = { ...(JSON.parse(event.data.toString()) as JsonObject), ...changes };
  return { ...event, data: Buffer.from(JSON.stringify(data)) };
}

/** Numbers and links the events of one stream anew: to the inline chain alone they are whole. */
export function relinked(
  origin: string,
  stream: string,
  events: readonly DiskEvent[],
  workspace?: string,
): DiskEvent[] {
  const said = events
    .map(unlinked)
    .map((event) =>
      workspace === undefined
        ? event
        : { ...event, context: { ...event.context, workspace: workspaceId(workspace) } },
    );
  // The stream is one that the store held.
  const linked = linkEvents(origin, stream as StreamName, undefined, said);
  return events.map((event, revision) => {
    const { id = '', metadata = {} } = linked[revision] ?? {};
    return { ...event, stream, revision, id, metadata: Buffer.from(JSON.stringify(metadata)) };
  });
}

/** Replaces the events of one stream. */
export function inStream(
  events: readonly DiskEvent[],
  stream: string,
  change: (own: readonly DiskEvent[]) => readonly DiskEvent[],
): readonly DiskEvent[] {
  const own = events.filter((event) => event.stream === stream);
  return [...events.filter((event) => event.stream !== stream), ...change(own)];
}

export function originOf(events: readonly DiskEvent[]): string {
  const first = events.find(({ stream }) => stream === originStream);
  if (!first) throw new Error('the store has no origin');
  return unlinked(first).data['origin'] as string;
}
