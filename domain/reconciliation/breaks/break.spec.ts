import { command, specify } from '../../kernel/testing.js';
import { brokenTrade } from './break.js';
import {
  ApplyToBreak,
  ApproveResolution,
  AssignBreak,
  CommentOnBreak,
  RejectResolution,
  ReopenBreak,
  ResolveBreak,
  StartInvestigation,
} from './commands.js';
import type { BreakAction, BreakEvent, BreakTerms, Clearing } from './events.js';
import { builtInPolicy } from './policy-table.js';

const breakId = 'r1.00000007';
const termsOf = (notional: string): BreakTerms => ({
  breakId,
  runId: 'r1',
  type: 'missingAtBroker',
  internal: ['T1'],
  broker: [],
  explanation: 'no record of the broker is this trade',
  notional,
  currency: 'USD',
});
const small = termsOf('1000000');
const large = termsOf('1000000.01');
const facts = (terms: BreakTerms) => ({ breakId, terms, policy: builtInPolicy });
const on = (by = 'key:alice') => ({ breakId, type: 'missingAtBroker' as const, by });

const opened = (terms = small): BreakEvent => ({ type: 'BreakOpened', data: terms });
const assigned = (to: string): BreakEvent => ({ type: 'BreakAssigned', data: { ...on(), to } });
const investigating: BreakEvent = { type: 'BreakInvestigationStarted', data: on() };
const verdict = { resolution: 'acceptBroker' as const, reason: 'they are right' };
const resolved: BreakEvent = { type: 'BreakResolved', data: { ...on(), ...verdict } };
const proposed: BreakEvent = {
  type: 'BreakResolutionProposed',
  data: { ...on(), ...verdict, limit: '1000000' },
};
const clearing: Clearing = { byRun: 'r2', how: 'match', match: 3 };
const cleared: BreakEvent = {
  type: 'BreakCleared',
  data: { ...on('system'), bulkId: 'r2.cleared', ...clearing },
};

const assign = (to: string, terms = small) => command(AssignBreak, { ...facts(terms), to });
const investigate = command(StartInvestigation, facts(small));
const comment = command(CommentOnBreak, { ...facts(small), text: 'I called them' });
const resolve = (terms = small) => command(ResolveBreak, { ...facts(terms), ...verdict });
const approve = command(ApproveResolution, facts(large));
const reject = command(RejectResolution, { ...facts(large), reason: 'not so fast' });
const reopen = command(ReopenBreak, { ...facts(small), reason: 'it came back' });
const apply = (action: BreakAction, fields: Partial<ApplyToBreak> = {}) =>
  command(ApplyToBreak, { ...facts(small), bulkId: 'b1', by: 'key:bob', action, ...fields });
const { given } = specify(brokenTrade);

describe('a break that nobody has touched', () => {
  it('writes down what it is about with the first thing that is done to it', () =>
    given().when(assign('key:bob')).then(opened(), assigned('key:bob')));

  it('may be resolved at once', () => given().when(resolve()).then(opened(), resolved));

  it('may be commented on', () =>
    given()
      .when(comment)
      .then(opened(), { type: 'BreakCommented', data: { ...on(), text: 'I called them' } }));

  it('is not closed, and nothing of it is proposed', () => {
    given().when(reopen).rejects('reconciliation.break-not-closed');
    given().when(approve).rejects('reconciliation.nothing-proposed');
    given().when(reject).rejects('reconciliation.nothing-proposed');
  });
});

describe('a break that is worked on', () => {
  it('is given to somebody once, and to somebody else', () => {
    given(opened(), assigned('key:bob')).when(assign('key:bob')).then();
    given(opened(), assigned('key:bob')).when(assign('key:carol')).then(assigned('key:carol'));
  });

  it('is investigated once', () => {
    given(opened(), assigned('key:bob')).when(investigate).then(investigating);
    given(opened(), investigating).when(investigate).then();
  });

  it('can be given on while it is investigated', () =>
    given(opened(), assigned('key:bob'), investigating).when(assign('key:bob')).then(assigned('key:bob')));

  it('is resolved by one person up to the limit of its currency', () =>
    given(opened(), investigating).when(resolve()).then(resolved));
});

describe('a break above the limit of its currency', () => {
  it('has its resolution proposed, not done', () =>
    given().when(resolve(large)).then(opened(large), proposed));

  it('is resolved when another person approves', () =>
    given(opened(large), proposed)
      .when(approve, { actor: 'key:bob' })
      .then({ type: 'BreakResolved', data: { ...on(), ...verdict, approvedBy: 'key:bob' } }));

  it('is not approved by whoever proposed it', () =>
    given(opened(large), proposed)
      .when(approve, { actor: 'key:alice' })
      .rejects('reconciliation.second-person-needed'));

  it('is not approved by whoever proposed it by way of a bulk', () =>
    given(opened(large), proposed)
      .when(apply({ kind: 'approve' }, { by: 'key:alice' }), { actor: 'system' })
      .then({
        type: 'BreakActionRefused',
        data: {
          ...on('key:alice'),
          bulkId: 'b1',
          action: 'approve',
          code: 'reconciliation.second-person-needed',
          reason: 'a resolution is approved by another person than the one who proposed it',
        },
      }));

  it('goes back into investigation when it is rejected', () => {
    const rejected: BreakEvent = {
      type: 'BreakResolutionRejected',
      data: { ...on(), reason: 'not so fast' },
    };
    given(opened(large), proposed).when(reject).then(rejected);
    given(opened(large), proposed, rejected).when(approve).rejects('reconciliation.nothing-proposed');
    given(opened(large), proposed, rejected).when(resolve(large)).then(proposed);
  });

  it('waits, and nothing else is done to it meanwhile', () => {
    given(opened(large), proposed).when(resolve(large)).rejects('reconciliation.break-awaits-approval');
    given(opened(large), proposed).when(assign('key:bob')).rejects('reconciliation.break-awaits-approval');
  });
});

describe('a break that is closed', () => {
  it.each([
    ['resolved', resolved],
    ['cleared', cleared],
  ])('is %s for good unless somebody opens it again', (_state, closing) => {
    for (const asked of [assign('key:bob'), investigate, resolve()])
      given(opened(), closing).when(asked).rejects('reconciliation.break-closed');
    given(opened(), closing)
      .when(reopen)
      .then({ type: 'BreakReopened', data: { ...on(), reason: 'it came back' } });
  });

  it('is open again after that, and stays with whoever had it', () => {
    const reopened: BreakEvent = { type: 'BreakReopened', data: { ...on(), reason: 'it came back' } };
    given(opened(), assigned('key:bob'), resolved, reopened).when(assign('key:bob')).then();
    given(opened(), resolved, reopened).when(resolve()).then(resolved);
  });

  it('can still be commented on', () =>
    given(opened(), resolved)
      .when(comment)
      .then({ type: 'BreakCommented', data: { ...on(), text: 'I called them' } }));
});

describe('a break that a later run clears', () => {
  const clear = (bulkId: string) => apply({ kind: 'clear', byRun: 'r2' }, { bulkId, by: 'system', clearing });

  it('says by which run and match', () => given().when(clear('r2.cleared')).then(opened(), cleared));

  it('is cleared once, whichever run comes first, and the other one is on record', () => {
    const refused: BreakEvent = {
      type: 'BreakActionRefused',
      data: {
        ...on('system'),
        bulkId: 'r3.cleared',
        action: 'clear',
        code: 'reconciliation.break-closed',
        reason: `break ${breakId} is cleared already`,
      },
    };
    given(opened(), cleared).when(clear('r3.cleared')).then(refused);
    given(opened(), cleared, refused).when(clear('r3.cleared')).then();
  });

  it('stays resolved when a person resolved it meanwhile', () =>
    given(opened(), resolved)
      .when(clear('r2.cleared'))
      .then({
        type: 'BreakActionRefused',
        data: {
          ...on('system'),
          bulkId: 'r2.cleared',
          action: 'clear',
          code: 'reconciliation.break-closed',
          reason: `break ${breakId} is resolved already`,
        },
      }));

  it('is open again when that run was done again without the match', () => {
    const restore = (byRun: string) =>
      apply(
        { kind: 'restore', reason: 'the match is gone' },
        { bulkId: 'r4.restored', by: 'system', clearing: { ...clearing, byRun } },
      );
    const reopened: BreakEvent = {
      type: 'BreakReopened',
      data: { ...on('system'), bulkId: 'r4.restored', reason: 'the match is gone' },
    };
    given(opened(), cleared).when(restore('r2')).then(reopened);
    given(opened(), cleared).when(restore('r3')).then();
    given(opened(), resolved).when(restore('r2')).then();
  });

  it('is left alone by a match made by hand that is undone late, after another one cleared it', () => {
    const byHand = (handMatch: string) => ({ byRun: 'r1', how: 'hand', handMatch }) as const;
    const undo = (handMatch: string) =>
      apply(
        { kind: 'restore', reason: 'it was wrong' },
        { bulkId: `${handMatch}.undone`, by: 'key:ann', clearing: byHand(handMatch) },
      );
    const clearedBy = (handMatch: string): BreakEvent => ({
      type: 'BreakCleared',
      data: { ...on('key:ann'), bulkId: handMatch, ...byHand(handMatch) },
    });
    const reopened: BreakEvent = {
      type: 'BreakReopened',
      data: { ...on('key:bob'), reason: 'it is another one' },
    };
    const before = [opened(), clearedBy('m1'), reopened, clearedBy('m2')];
    given(...before)
      .when(undo('m1'))
      .then();
    given(...before)
      .when(undo('m2'))
      .then({
        type: 'BreakReopened',
        data: { ...on('key:ann'), bulkId: 'm2.undone', reason: 'it was wrong' },
      });
  });

  it('needs no second person any more when one was waited for', () =>
    given(opened(large), proposed, cleared).when(approve).rejects('reconciliation.nothing-proposed'));
});

describe('a break that comes of age', () => {
  const escalate = (afterDays: number) =>
    apply({ kind: 'escalate', afterDays }, { bulkId: `r1.aged-${afterDays}`, by: 'system' });
  const escalated = (afterDays: number, severity: 'high' | 'critical'): BreakEvent => ({
    type: 'BreakEscalated',
    data: { ...on('system'), bulkId: `r1.aged-${afterDays}`, afterDays, severity },
  });

  it('becomes as severe as its age says, or its notional, whichever is more', () => {
    given()
      .when(apply({ kind: 'escalate', afterDays: 3 }, { terms: termsOf('10'), by: 'system' }))
      .then(opened(termsOf('10')), {
        type: 'BreakEscalated',
        data: { ...on('system'), bulkId: 'b1', afterDays: 3, severity: 'high' },
      });
    given(opened()).when(escalate(1)).then(escalated(1, 'critical'));
  });

  it('is escalated at each deadline once, and no more once it is closed', () => {
    given(opened(), escalated(3, 'critical')).when(escalate(1)).then();
    given(opened(), resolved).when(escalate(7)).then();
    given(opened(), cleared).when(escalate(7)).then();
  });
});

describe('a bulk that is sent again', () => {
  it('does nothing to a break twice', () => {
    const bulk = { bulkId: 'b1' };
    const commented: BreakEvent = {
      type: 'BreakCommented',
      data: { ...on('key:bob'), ...bulk, text: 'see ticket 7' },
    };
    const again = apply({ kind: 'comment', text: 'see ticket 7' });
    given().when(again).then(opened(), commented);
    given(opened(), commented).when(again).then();
  });
});
