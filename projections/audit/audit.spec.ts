import fc from 'fast-check';
import { event, type AnyEvent, type Provenance, type Recorded } from '../../domain/kernel/event.js';
import { workspaceId } from '../../domain/kernel/names.js';
import { fold } from '../kernel/testing.js';
import { auditExports } from './audit-exports.js';
import { auditTrail, trailId, type TrailEntry } from './audit-trail.js';

const thing = {
  category: 'thing',
  events: {
    ThingDone: event<{ what: string; by: string }>({ erasable: { by: () => 'key:a' } }),
    ThingBroken: event<{ what: object }>(),
  },
};
const table = { categories: { thing: 'trading' as const }, outcomes: { ThingBroken: 'failure' as const } };
const trail = auditTrail([thing], [table]);

function entryOf(happened: AnyEvent & Partial<Provenance>): TrailEntry {
  const recorded: Recorded<AnyEvent> = {
    id: 'event-1',
    stream: 'thing-acme.a/b',
    revision: 3n,
    position: 500n,
    workspace: workspaceId('acme'),
    at: '2024-06-12T20:00:00.000Z',
    actor: 'key:alice',
    commandId: 'command-1',
    correlationId: 'correlation-1',
    causationId: 'cause-1',
    ...happened,
  };
  return trail.on[happened.type]?.(undefined, recorded, '') as TrailEntry;
}

describe('the audit trail', () => {
  it('says of an event who did what to what, when, why and with what outcome', () =>
    expect(entryOf({ type: 'ThingDone', data: { what: 'It', by: 'Ann' } })).toEqual({
      id: 'event-1',
      position: '500',
      stream: 'thing-acme.a/b',
      revision: '3',
      type: 'ThingDone',
      category: 'trading',
      outcome: 'success',
      actor: 'key:alice',
      at: '2024-06-12T20:00:00.000Z',
      resource: 'thing/a/b',
      commandId: 'command-1',
      correlationId: 'correlation-1',
      causationId: 'cause-1',
      text: 'it',
    }));

  it('knows a failure by its type', () =>
    expect(entryOf({ type: 'ThingBroken', data: { what: {} } }).outcome).toBe('failure'));

  it.each([
    ['sealed', { $sealed: '1.a.b.c.d' }],
    ['erased', { $erased: true }],
  ])('holds nothing that is %s', (_what, value) =>
    expect(
      entryOf({ type: 'ThingBroken', data: { what: { by: value, also: ['Yes', 7, true, null] } } }).text,
    ).toBe('yes\n7\ntrue'),
  );

  it('holds the beginning of a long text, and no half of a character', () => {
    const { text } = entryOf({ type: 'ThingBroken', data: { what: { a: `x${'😀'.repeat(20_000)}` } } });
    expect(text).toHaveLength(16_383);
    expect(Buffer.from(text).toString()).toBe(text);
  });

  it('sorts as positions do', () =>
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 63n - 1n), fc.bigInt(0n, 2n ** 63n - 1n), (one, other) => {
        expect(trailId(one) < trailId(other)).toBe(one < other);
      }),
    ));

  it('cannot be made without a table for every stream, nor with one for events that are not there', () => {
    expect(() => auditTrail([thing], [])).toThrow('no audit table says what thing is');
    const wrong = { ...table, outcomes: { ThingGone: 'failure' as const } };
    expect(() => auditTrail([thing], [wrong])).toThrow('which is no event');
  });
});

describe('an export in the list', () => {
  const exportId = 'e1';
  const requested = {
    type: 'AuditExportRequested' as const,
    data: { exportId, workspace: 'acme', from: '5', checkpoint: 'a note' },
  };
  const started = { type: 'AuditExportStarted' as const, data: { exportId, attempt: 1 } };
  const progressed = { type: 'AuditExportProgressed' as const, data: { exportId, leaves: 2, of: 8 } };
  const base = {
    exportId,
    from: '5',
    requestedAt: '2024-06-12T20:00:00.000Z',
    requestedBy: 'key:alice',
  };
  const list = fold(auditExports);

  it('says how far it is', () => {
    list.given(requested).is(exportId, { ...base, status: 'accepted', progress: { leaves: 0, of: 0 } });
    list
      .given(requested, started, progressed)
      .is(exportId, { ...base, status: 'running', progress: { leaves: 2, of: 8 } });
    list
      .given(requested, started, { type: 'AuditExportInterrupted', data: { exportId } })
      .is(exportId, { ...base, status: 'accepted', progress: { leaves: 0, of: 0 } });
  });

  it('says what came out', () => {
    const result = { archive: { sha256: 'ab', bytes: 10 }, first: 2, size: 10, root: 'cd' };
    const completedAt = base.requestedAt;
    list
      .given(requested, started, { type: 'AuditExportCompleted', data: { exportId, ...result } })
      .is(exportId, { ...base, ...result, status: 'completed', progress: { leaves: 8, of: 8 }, completedAt });
    list.given(requested, { type: 'AuditExportFailed', data: { exportId, reason: 'why' } }).is(exportId, {
      ...base,
      status: 'failed',
      progress: { leaves: 0, of: 0 },
      reason: 'why',
      completedAt,
    });
  });
});
