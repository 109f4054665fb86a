import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
  type Attributes,
  type Context,
  type Tracer,
} from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  TraceIdRatioBasedSampler,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { messageOf } from '../../domain/kernel/errors.js';
import { DerivedIds, spanIdOf, traceIdOf } from './trace-ids.js';

export interface TracedWork {
  readonly name: string;
  /** Everything that follows from one request bears it: it is the trace. */
  readonly correlationId: string;
  /** Id of the command, event or request that this is: whoever follows from it names it as its cause. */
  readonly id: string;
  /** Id of what this follows from; empty when nothing does. */
  readonly causeId: string;
  readonly attributes?: Attributes;
  readonly kind?: 'server' | 'internal';
  /** Milliseconds since the epoch; now by default. */
  readonly startedAt?: number;
}

/**
 * Traces from the request through append, projection and saga to the next command. Nothing of a trace is stored:
 * its id follows from the correlation id, and the ids of its spans from those of commands and events, so that each
 * process finds its place in it from the events alone.
 */
export class Traces {
  private readonly ids = new DerivedIds();
  private readonly provider: BasicTracerProvider;
  private readonly tracer: Tracer;

  /** @param share of traces that are kept, 0 to 1; the same ones in every process */
  constructor(processors: readonly SpanProcessor[], service: string, share = 1) {
    this.provider = new BasicTracerProvider({
      resource: resourceFromAttributes({ 'service.name': service }),
      sampler: new TraceIdRatioBasedSampler(share),
      idGenerator: this.ids,
      spanProcessors: [...processors],
    });
    this.tracer = this.provider.getTracer('axion');
  }

  /** Does the work inside a span, which ends with it, and says so if it fails. */
  async span<Result>(traced: TracedWork, work: () => Promise<Result>): Promise<Result> {
    const span = this.begin(traced);
    try {
      return await work();
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: messageOf(error) });
      throw error;
    } finally {
      span.end();
    }
  }

  /** Notes down what has happened already. */
  record(traced: TracedWork & { readonly startedAt: number }, endedAt = Date.now()): void {
    this.begin(traced).end(new Date(endedAt));
  }

  async stop(): Promise<void> {
    await this.provider.shutdown();
  }

  private begin({
    name,
    correlationId,
    id,
    causeId,
    attributes = {},
    kind = 'internal',
    startedAt,
  }: TracedWork) {
    const traceId = traceIdOf(correlationId);
    return this.ids.with(traceId, spanIdOf(id), () =>
      this.tracer.startSpan(
        name,
        {
          kind: kind === 'server' ? SpanKind.SERVER : SpanKind.INTERNAL,
          attributes,
          ...(startedAt !== undefined && { startTime: new Date(startedAt) }),
        },
        parentContext(traceId, causeId),
      ),
    );
  }
}

function parentContext(traceId: string, causeId: string): Context {
  if (causeId === '') return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId: spanIdOf(causeId),
    traceFlags: TraceFlags.SAMPLED,
    isRemote: true,
  });
}
