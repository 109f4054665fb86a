import { command, specify } from '../../kernel/testing.js';
import { builtInPolicy } from '../breaks/policy-table.js';
import { specifySaga } from '../../kernel/saga.testing.js';
import { ApplyToBreak } from '../breaks/commands.js';
import type { BreakTerms } from '../breaks/events.js';
import { ContinueRun, RunAgain } from '../runs/commands.js';
import type { RunEvent, RunManifest, RunTerms } from '../runs/events.js';
import { run } from '../runs/run.js';
import { UnmakeMatch, type FoundMatch } from './commands.js';
import { unmadeMatchSaga } from './unmade-match.saga.js';

const { given } = specify(run);
const by = { actor: 'key:ann' };
const objectOf = (letter: string, rows: number) => ({ sha256: letter.repeat(64), bytes: 100, rows });
const manifest: RunManifest = {
  matches: objectOf('a', 3),
  breaks: objectOf('b', 2),
  standing: objectOf('c', 2),
};
const terms: RunTerms = {
  runId: 'r1',
  tradeDate: '2024-06-12',
  internal: [],
  broker: [],
  tolerances: {},
};
const requested: RunEvent = { type: 'RunRequested', data: terms };
const found = { type: 'BreaksFound' as const, data: { runId: 'r1', first: 0, breaks: [] } };
const completed: RunEvent = { type: 'RunCompleted', data: { runId: 'r1', counts: {} as never, manifest } };
const breakOf = (type: 'missingAtBroker' | 'missingInternal', name: string) => ({
  type,
  internal: type === 'missingAtBroker' ? [name] : [],
  broker: type === 'missingInternal' ? [name] : [],
  explanation: 'match 1 was unmade',
  notional: '1000',
  currency: 'USD',
});
const breaks = [breakOf('missingAtBroker', 'T1'), breakOf('missingInternal', 'X1')];
const records = objectOf('d', 2);
const sought: FoundMatch = { internal: ['T1'], broker: ['X1'], first: 2, breaks, records, restored: [] };
const unmake = (fields: Partial<UnmakeMatch> = {}) =>
  command(UnmakeMatch, { runId: 'r1', match: 1, reason: 'two trades', sought, ...fields });
const unmade = {
  type: 'MatchUnmade',
  data: {
    runId: 'r1',
    match: 1,
    internal: ['T1'],
    broker: ['X1'],
    first: 2,
    breaks,
    records,
    reason: 'two trades',
    by: 'key:ann',
    tradeDate: '2024-06-12',
  },
} as const;
const earlier: BreakTerms = { ...breaks[0]!, breakId: 'r0.00000004', runId: 'r0' };
const clearing = { byRun: 'r1', how: 'match', match: 1 } as const;
const restoring = { ...unmade, data: { ...unmade.data, restored: [{ terms: earlier, clearing }] } };

describe('a match that a person unmakes', () => {
  it('leaves a break of the run for each record, behind those that it has', () =>
    given(requested, found, completed).when(unmake(), by).then(unmade));

  it('opens breaks of earlier runs again, and bears how breaks are judged', () =>
    given({ ...requested, data: { ...terms, breakPolicy: builtInPolicy } }, completed)
      .when(unmake({ sought: { ...sought, restored: restoring.data.restored } }), by)
      .then({ ...restoring, data: { ...restoring.data, breakPolicy: builtInPolicy } }));

  it('is unmade once', () => given(requested, completed, unmade).when(unmake(), by).then());

  it('is followed by others, whose breaks follow its own', () => {
    const next = unmake({ match: 2, sought: { ...sought, first: 4 } });
    given(requested, completed, unmade)
      .when(next, by)
      .then({ ...unmade, data: { ...unmade.data, match: 2, first: 4 } });
    given(requested, completed, unmade)
      .when(unmake({ match: 2 }), by)
      .rejects('reconciliation.run-changed');
  });

  it.each<[string, Partial<UnmakeMatch>, string]>([
    ['a number that no match has', { match: 3 }, 'reconciliation.unknown-match'],
    ['a run that another one goes on from', { continuedBy: 'r2' }, 'reconciliation.run-continued'],
    [
      'a name of several records',
      { sought: { unclear: 'ambiguous-record', what: 'T1' } },
      'reconciliation.ambiguous-record',
    ],
    [
      'a clearing that is not done yet',
      { sought: { unclear: 'clearing-under-way', what: 'r0.00000004' } },
      'reconciliation.clearing-under-way',
    ],
    [
      'too many records',
      { sought: { ...sought, internal: Array<string>(1_000).fill('T1') } },
      'reconciliation.match-too-large',
    ],
  ])('is refused with %s', (_, fields, code) =>
    given(requested, completed).when(unmake(fields), by).rejects(code),
  );

  it('was not looked for where the run was not completed yet', () =>
    given(requested, completed)
      .when(command(UnmakeMatch, { runId: 'r1', match: 1, reason: 'two trades' }), by)
      .rejects('reconciliation.run-changed'));

  it('needs a completed run that settles nothing', () => {
    given().when(unmake(), by).rejects('reconciliation.unknown-run');
    given(requested).when(unmake(), by).rejects('reconciliation.run-not-completed');
    given({ ...requested, data: { ...terms, settle: true } }, completed)
      .when(unmake(), by)
      .rejects('reconciliation.run-settles');
  });

  it('is one of at most a thousand', () => {
    const many = Array.from({ length: 1_000 }, (_none, match): RunEvent => ({
      ...unmade,
      data: { ...unmade.data, match: match + 10, breaks: [] },
    }));
    given(requested, completed, ...many)
      .when(unmake(), by)
      .rejects('reconciliation.too-many-unmade-matches');
  });
});

describe('a run that goes on from one with unmade matches', () => {
  const standing = manifest.standing!;
  const before = objectOf('e', 2);
  const own = { records, restored: ['r0.00000004'] };

  it('knows them, and those of the runs before it', () => {
    const continues = { runId: 'r0', standing, unmade: [{ records: before, restored: ['x.00000000'] }] };
    given()
      .when(
        command(ContinueRun, {
          runId: 'r2',
          continues: 'r1',
          books: [],
          earlier: { terms: { ...terms, continues }, manifest, unmade: [own] },
        }),
      )
      .then({
        type: 'RunRequested',
        data: {
          ...terms,
          runId: 'r2',
          continues: { runId: 'r1', standing, unmade: [own], unmadeBefore: [before] },
        },
      });
  });

  it('knows them when it is a stale one run again', () => {
    const book = { uploadId: 'u', side: 'internal' as const, records, timeResolution: 1 };
    given()
      .when(
        command(RunAgain, {
          runId: 'r2',
          original: 'r1',
          terms,
          manifest,
          unmade: [own],
          inPlace: { internal: [book], broker: [{ ...book, side: 'broker' }] },
        }),
      )
      .then({
        type: 'RunRequested',
        data: {
          ...terms,
          runId: 'r2',
          internal: [book],
          broker: [{ ...book, side: 'broker' }],
          again: 'r1',
          continues: { runId: 'r1', standing, unmade: [own] },
        },
      });
  });
});

describe('the breaks of earlier runs that an unmade match had cleared', () => {
  const { given: saga, concerns } = specifySaga(unmadeMatchSaga, 'r1.unmade-1');
  const at = '2024-06-12T20:00:00.000Z';

  it('are opened again, one by one', () => {
    expect(concerns({ ...restoring, at })).toEqual(['r1.unmade-1']);
    saga()
      .whenEvent({ ...restoring, at })
      .then({
        state: {},
        steps: [
          {
            command: command(ApplyToBreak, {
              breakId: 'r0.00000004',
              terms: earlier,
              bulkId: 'r1.unmade-1',
              by: 'key:ann',
              action: { kind: 'restore', reason: 'two trades' },
              policy: builtInPolicy,
              clearing,
            }),
          },
        ],
        ended: true,
      });
  });

  it('are none where it had cleared none', () =>
    saga()
      .whenEvent({ ...unmade, at })
      .ignores());
});
