import { randomUUID } from 'node:crypto';
import { type Head, TOMBSTONE_REVISION } from './store/head.js';
import { type ProposedEvent } from './store/record.js';

const PREFIX = '$$';
const NOTHING = Buffer.alloc(0);

export const METADATA_TYPE = '$metadata';

/** JSON numbers beyond 2^53 do not survive JSON.parse, so the soft delete is written as text. */
export const SOFT_DELETED = Buffer.from('{"$tb":9223372036854775807}');

export function metastreamOf(stream: string): string {
  return PREFIX + stream;
}

/** The stream a metadata stream describes. */
export function describedBy(stream: string): string | undefined {
  return stream.startsWith(PREFIX) && stream.length > PREFIX.length ? stream.slice(PREFIX.length) : undefined;
}

export function metadataEvent(data: Buffer): ProposedEvent {
  return { id: randomUUID(), type: METADATA_TYPE, isJson: true, metadata: NOTHING, data };
}

/** The limits of a stream after its newest metadata event; what is no JSON object sets none. */
export function withMetadata(head: Head, event: Pick<ProposedEvent, 'isJson' | 'data'>): Head {
  const content = event.isJson ? parseObject(event.data) : {};
  return {
    ...head,
    truncateBefore: Math.min(numberIn(content, '$tb') ?? 0, TOMBSTONE_REVISION),
    maxCount: numberIn(content, '$maxCount'),
    maxAgeSeconds: numberIn(content, '$maxAge'),
  };
}

/** The same metadata, truncated before the revision at which a soft-deleted stream begins again. */
export function beginningAt(revision: number, current: Buffer | undefined): Buffer {
  const content = current ? parseObject(current) : {};
  return Buffer.from(JSON.stringify({ ...content, $tb: revision }));
}

function parseObject(data: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(data.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return {};
  }
}

function numberIn(content: Record<string, unknown>, key: string): number | undefined {
  const value = content[key];
  return typeof value === 'number' && value >= 0 ? value : undefined;
}
