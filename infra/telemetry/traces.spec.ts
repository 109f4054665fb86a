import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import fc from 'fast-check';
import { parseTraceParent, spanIdOf, traceIdOf } from './trace-ids.js';
import { Traces } from './traces.js';

function collecting(share = 1) {
  const exporter = new InMemorySpanExporter();
  return { exporter, traces: new Traces([new SimpleSpanProcessor(exporter)], 'axion', share) };
}

const correlationId = '0193c5a4-7d2e-7000-8000-0123456789ab';

describe('a trace', () => {
  it('hangs together across processes by the ids of commands and events alone', async () => {
    const one = collecting();
    const other = collecting();
    await one.traces.span({ name: 'RequestRun', correlationId, id: 'command-1', causeId: '' }, () =>
      one.traces.span({ name: 'append', correlationId, id: 'event-1', causeId: 'command-1' }, () =>
        Promise.resolve(),
      ),
    );
    other.traces.record(
      { name: 'fold', correlationId, id: 'fold-1', causeId: 'event-1', startedAt: 1000 },
      1500,
    );
    const [append, command] = one.exporter.getFinishedSpans();
    const [fold] = other.exporter.getFinishedSpans();
    expect(command?.spanContext().traceId).toBe(correlationId.replaceAll('-', ''));
    expect(fold?.spanContext().traceId).toBe(command?.spanContext().traceId);
    expect(command?.parentSpanContext).toBeUndefined();
    expect(append?.parentSpanContext?.spanId).toBe(command?.spanContext().spanId);
    expect(fold?.parentSpanContext?.spanId).toBe(append?.spanContext().spanId);
    expect(fold?.duration).toEqual([0, 500_000_000]);
  });

  it('says that its work failed, and lets the failure through', async () => {
    const { exporter, traces } = collecting();
    const work = { name: 'RequestRun', correlationId, id: 'command-1', causeId: '' };
    await expect(traces.span(work, () => Promise.reject(new Error('the disk is full')))).rejects.toThrow(
      'the disk is full',
    );
    expect(exporter.getFinishedSpans()[0]?.status).toEqual({ code: 2, message: 'the disk is full' });
  });

  it('is kept or left out as a whole, whoever decides', () => {
    fc.assert(
      fc.property(fc.uuid(), (id) => {
        const one = collecting(0.5);
        const other = collecting(0.5);
        one.traces.record({ name: 'a', correlationId: id, id: 'a', causeId: '', startedAt: 0 });
        other.traces.record({ name: 'b', correlationId: id, id: 'b', causeId: 'a', startedAt: 0 });
        expect(other.exporter.getFinishedSpans()).toHaveLength(one.exporter.getFinishedSpans().length);
      }),
    );
  });
});

describe('the ids of a trace', () => {
  it('follow from any correlation id, and are never all zero', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 128 }), (text) => {
        expect(traceIdOf(text)).toMatch(/^(?!0{32})[0-9a-f]{32}$/);
        expect(spanIdOf(text)).toMatch(/^(?!0{16})[0-9a-f]{16}$/);
      }),
    );
    expect(traceIdOf('00000000-0000-0000-0000-000000000000')).not.toMatch(/^0+$/);
  });

  it.each([
    ['00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', '0af76519-16cd-43dd-8448-eb211c80319c'],
    ['00-00000000000000000000000000000000-b7ad6b7169203331-01', undefined],
    ['00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01', undefined],
    ['anything', undefined],
    [undefined, undefined],
  ])('are taken over from the caller where it names them: %s', (header, expected) => {
    expect(parseTraceParent(header)?.correlationId).toBe(expected);
    if (expected !== undefined) expect(traceIdOf(expected)).toBe(header.slice(3, 35));
  });
});
