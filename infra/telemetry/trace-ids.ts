import { hash } from 'node:crypto';
import { RandomIdGenerator, type IdGenerator } from '@opentelemetry/sdk-trace-base';

const uuidPattern = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const none = /^0+$/;

/** 16 bytes, hex: a UUID's own; of any other text the beginning of its SHA-256. */
export function traceIdOf(correlationId: string): string {
  const bare = correlationId.replaceAll('-', '').toLowerCase();
  if (uuidPattern.test(correlationId) && !none.test(bare)) return bare;
  return hash('sha256', correlationId).slice(0, 32);
}

/** 8 bytes, hex. A span id of W3C's own form stands for itself, so that a caller's span can be a cause. */
export function spanIdOf(id: string): string {
  if (/^[0-9a-f]{16}$/.test(id) && !none.test(id)) return id;
  return hash('sha256', id).slice(0, 16);
}

/** The trace and the calling span that a request's `traceparent` names (W3C Trace Context, version 00). */
export function parseTraceParent(
  header: unknown,
): { readonly correlationId: string; readonly causeId: string } | undefined {
  if (typeof header !== 'string') return undefined;
  const [, traceId = '', spanId = ''] =
    /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}/.exec(header) ?? [];
  if (traceId === '' || none.test(traceId) || none.test(spanId)) return undefined;
  const correlationId = traceId.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return { correlationId, causeId: spanId };
}

/** Gives the ids that were settled beforehand; the tracer asks for them while it begins a span, in the same turn. */
export class DerivedIds implements IdGenerator {
  private readonly random = new RandomIdGenerator();
  private settled: { readonly traceId: string; readonly spanId: string } | undefined;

  with<Result>(traceId: string, spanId: string, begin: () => Result): Result {
    this.settled = { traceId, spanId };
    try {
      return begin();
    } finally {
      this.settled = undefined;
    }
  }

  generateTraceId = (): string => this.settled?.traceId ?? this.random.generateTraceId();

  generateSpanId = (): string => this.settled?.spanId ?? this.random.generateSpanId();
}
