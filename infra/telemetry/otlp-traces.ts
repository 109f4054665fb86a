import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { Traces } from './traces.js';

export interface TraceSettings {
  /** Base address of an OTLP receiver over HTTP, for example `http://127.0.0.1:4318`. */
  readonly endpoint: string;
  /** Of traces that are kept, 0 to 1. */
  readonly share: number;
}

/** Sends spans to an OpenTelemetry receiver (OTLP/HTTP), in batches and beside the work; one that is away loses them. */
export function otlpTraces({ endpoint, share }: TraceSettings, part: string): Traces {
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` });
  return new Traces([new BatchSpanProcessor(exporter)], `axion-${part}`, share);
}
