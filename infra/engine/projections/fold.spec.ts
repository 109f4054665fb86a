import fc from 'fast-check';
import type { AnyEvent, Recorded } from '../../../domain/kernel/event.js';
import { workspaceId } from '../../../domain/kernel/names.js';
import { axionCsv } from '../../../domain/reconciliation/contract.js';
import { runJob } from '../../../domain/reconciliation/runs/run-job.js';
import type { AnyProjection } from '../../../projections/kernel/projection.js';
import { breaks } from '../../../projections/reconciliation/breaks.js';
import { runs } from '../../../projections/reconciliation/runs.js';
import { sources } from '../../../projections/reconciliation/sources.js';
import { uploads } from '../../../projections/reconciliation/uploads.js';
import { apiKeys } from '../../../projections/tenancy/api-keys.js';
import { workspaces } from '../../../projections/tenancy/workspaces.js';
import { openJobOf, openJobs } from '../jobs/open-jobs.js';
import { foldOne, keysOf } from './fold.js';
import { counters } from './testing/counting.js';

const open = openJobs([runJob]);
const models: readonly AnyProjection[] = [workspaces, apiKeys, sources, uploads, runs, breaks, open];

function recorded(type: string, data: object, workspace = 'acme'): Recorded<AnyEvent> {
  return {
    type,
    data,
    id: 'event-1',
    stream: `thing-${workspace}.1`,
    revision: 0n,
    position: 100n,
    workspace: workspaceId(workspace),
    at: '2024-06-12T20:00:00.000Z',
    actor: 'key:alice',
    commandId: 'command-1',
    correlationId: 'correlation-1',
    causationId: '',
  };
}

describe('the documents that an event touches', () => {
  const text = fc.oneof(fc.string(), fc.constantFrom('other/1', '../other', 'acme-two/x', '/'));

  it.each(models.map((model) => [model.name, model] as const))(
    'of %s are in the event’s own workspace, whatever its data says',
    (_name, model) => {
      fc.assert(
        fc.property(fc.constantFrom('acme', 'acme-two'), text, text, (workspace, one, other) => {
          const data = {
            id: one,
            keyId: one,
            name: one,
            uploadId: one,
            runId: one,
            breakId: one,
            workspace: other,
            first: 0,
            breaks: [{}, {}],
            profile: axionCsv,
          };
          for (const type of Object.keys(model.on))
            for (const key of keysOf(model, recorded(type, data, workspace))) {
              expect(key.workspace).toBe(workspace);
              expect(typeof key.id).toBe('string');
            }
        }),
      );
    },
  );

  it('are none for an event that is not the read model’s, were it named as what every object has', () => {
    for (const type of ['Unheard', 'toString', 'constructor', '__proto__'])
      expect(keysOf(runs, recorded(type, { runId: 'r1' }))).toEqual([]);
  });

  it.each([undefined, null, 7, {}, ['a', 7]])('cannot be told when its data says %j instead', (runId) => {
    const byRun = { ...runs, key: ({ data }: Recorded<AnyEvent>) => (data as { runId: string }).runId };
    expect(() => keysOf(byRun, recorded('RunRequested', { runId }))).toThrow(/no document .* RunRequested/);
  });
});

describe('a fold', () => {
  const key = { workspace: workspaceId('acme'), id: 'a' };
  const event = recorded('Counted', { counter: 'a' });

  it('P2: leaves a document that has seen the event, or a later one', () => {
    for (const position of [100n, 101n]) {
      const before = { ...key, position, document: { counter: 'a', count: 1 } };
      expect(foldOne(counters, before, event, key)).toBeUndefined();
    }
  });

  it('P2: leaves a tombstone that is newer', () =>
    expect(foldOne(counters, { ...key, position: 100n, document: undefined }, event, key)).toBeUndefined());

  it('makes what JSON makes of it', () => {
    const vague: AnyProjection = {
      ...counters,
      on: { Counted: () => ({ at: new Date(0), nothing: undefined, list: [undefined] }) },
    };
    expect(foldOne(vague, undefined, event, key)?.document).toStrictEqual({
      at: '1970-01-01T00:00:00.000Z',
      list: [null],
    });
  });
});

describe('open jobs', () => {
  const requested = recorded('RunRequested', { runId: 'r1', tradeDate: '2024-06-12' });
  const key = { workspace: workspaceId('acme'), id: 'reconcile-books/r1' };

  it('hold what a worker needs: the input, and what it follows from', () => {
    expect(keysOf(open, requested)).toEqual([key]);
    expect(openJobOf(foldOne(open, undefined, requested, key)!.document!)).toEqual({
      job: 'reconcile-books',
      id: 'r1',
      input: { runId: 'r1', tradeDate: '2024-06-12' },
      requestedAt: '2024-06-12T20:00:00.000Z',
      correlationId: 'correlation-1',
      causationId: 'event-1',
    });
  });

  it.each(['RunCompleted', 'RunFailed'])('are gone after %s', (type) => {
    const before = foldOne(open, undefined, requested, key);
    const finished = { ...recorded(type, { runId: 'r1' }), position: 200n };
    expect(foldOne(open, before, finished, key)).toEqual({ ...key, position: 200n, document: undefined });
  });

  it('do not mind the attempts', () =>
    expect(keysOf(open, recorded('RunStarted', { runId: 'r1' }))).toEqual([]));

  it('are not read from a document of another shape', () => {
    for (const document of [{}, { job: 'j', id: 'i', input: 'text' }, { input: {}, job: 7 }])
      expect(() => openJobOf(document)).toThrow('an open job has no');
  });
});
