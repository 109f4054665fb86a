import { isRejected } from '../../kernel/errors.js';
import { command, specify } from '../../kernel/testing.js';
import type { ToleranceOverride } from '../matching/yardsticks.js';
import { ApproveToleranceSet, ProposeToleranceSet, RetireToleranceSet } from './commands.js';
import type { ToleranceSetEvent } from './events.js';
import { chosenSet, toleranceSet, type NamedToleranceSet } from './tolerance-set.js';

const { given } = specify(toleranceSet);
const [alice, bob] = [{ actor: 'key:alice' }, { actor: 'key:bob' }];
const overrides: ToleranceOverride[] = [{ assetClass: 'bond', tolerances: { priceBps: 5 } }];
const propose = (fields: Partial<ProposeToleranceSet> = {}) =>
  command(ProposeToleranceSet, { name: 'desk', tolerances: { priceBps: 1 }, overrides, ...fields });
const approve = (version = 1) => command(ApproveToleranceSet, { name: 'desk', version });
const retire = command(RetireToleranceSet, { name: 'desk', reason: 'the desk closed' });

const proposed = (version: number, priceBps = 1): ToleranceSetEvent => ({
  type: 'ToleranceSetProposed',
  data: { name: 'desk', version, tolerances: { priceBps }, overrides, proposedBy: 'key:alice' },
});
const approved = (version: number): ToleranceSetEvent => ({
  type: 'ToleranceSetApproved',
  data: { name: 'desk', version, approvedBy: 'key:bob' },
});
const retired: ToleranceSetEvent = {
  type: 'ToleranceSetRetired',
  data: { name: 'desk', retiredBy: 'key:bob', reason: 'the desk closed' },
};

describe('a tolerance set', () => {
  it('is proposed by one person', () => given().when(propose(), alice).then(proposed(1)));

  it('is approved by another', () => given(proposed(1)).when(approve(), bob).then(approved(1)));

  it('is not approved by the one who proposed it', () =>
    given(proposed(1)).when(approve(), alice).rejects('reconciliation.second-person-needed'));

  it('is approved once', () => given(proposed(1), approved(1)).when(approve(), bob).then());

  it('has a next version when it is changed', () =>
    given(proposed(1), approved(1))
      .when(propose({ tolerances: { priceBps: 2 } }), alice)
      .then(proposed(2, 2)));

  it('has none when it says the same', () => given(proposed(1)).when(propose(), bob).then());

  it('is approved by version, so that nobody approves another one than they saw', () =>
    given(proposed(1)).when(approve(2), bob).rejects('reconciliation.unknown-version'));

  it('is not approved if it was never proposed', () =>
    given().when(approve(), bob).rejects('reconciliation.unknown-tolerance-set'));

  it('is retired, once', () => {
    given(proposed(1), approved(1)).when(retire, bob).then(retired);
    given(proposed(1), approved(1), retired).when(retire, bob).then();
  });

  it('that was retired is not approved, and can be proposed again', () => {
    given(proposed(1), retired).when(approve(), bob).rejects('reconciliation.retired');
    given(proposed(1), approved(1), retired).when(propose(), alice).then(proposed(2));
  });

  it.each<[string, Partial<ProposeToleranceSet>]>([
    ['a negative tolerance', { tolerances: { priceBps: -1 } }],
    ['an override of nothing', { overrides: [{ symbol: 'AAPL', tolerances: {} }] }],
    ['an override without conditions', { overrides: [{ tolerances: { priceBps: 1 } }] }],
    ['an override that cannot be judged by', { overrides: [{ symbol: 'A', tolerances: { priceBps: 'x' } }] }],
    ['an unknown condition', { overrides: [{ desk: 'x', tolerances: {} } as ToleranceOverride] }],
    [
      'an unknown tolerance',
      { overrides: [{ symbol: 'A', tolerances: { bps: 1 } as ToleranceOverride['tolerances'] }] },
    ],
    ['what is no override', { overrides: [null as unknown as ToleranceOverride] }],
    ['two overrides of the same', { overrides: [...overrides, ...overrides] }],
  ])('with %s is refused', (_, fields) =>
    given().when(propose(fields), alice).rejects('reconciliation.bad-tolerances'),
  );
});

describe('a run that names a set', () => {
  const state = (...events: readonly ToleranceSetEvent[]): NamedToleranceSet =>
    events.reduce((before, event) => {
      const step = toleranceSet.evolve[event.type] as (
        state: NamedToleranceSet,
        event: ToleranceSetEvent,
      ) => NamedToleranceSet;
      return step(before, event);
    }, toleranceSet.initial);
  const history = [proposed(1), approved(1), proposed(2, 2), approved(2), proposed(3, 3)];

  it('gets the newest version that was approved, with its values', () =>
    expect(chosenSet({ name: 'desk' }, state(...history))).toEqual({
      name: 'desk',
      version: 2,
      tolerances: { priceBps: 2 },
      overrides,
    }));

  it('gets the version that it asks for', () =>
    expect(chosenSet({ name: 'desk', version: 1 }, state(...history))).toMatchObject({ version: 1 }));

  it.each<[string, NamedToleranceSet, number | undefined, string]>([
    ['waits for approval', state(...history), 3, 'reconciliation.not-approved'],
    ['was never approved', state(proposed(1)), undefined, 'reconciliation.not-approved'],
    ['was retired', state(...history, retired), undefined, 'reconciliation.retired'],
    ['was retired, by its version', state(...history, retired), 1, 'reconciliation.retired'],
    ['is of no version', state(...history), 9, 'reconciliation.unknown-version'],
    ['does not exist', state(), undefined, 'reconciliation.unknown-tolerance-set'],
  ])('is refused if it %s', (_, named, version, code) => {
    let refusal: unknown;
    try {
      chosenSet({ name: 'desk', ...(version !== undefined && { version }) }, named);
    } catch (error) {
      refusal = error;
    }
    expect(isRejected(refusal) ? refusal.code : refusal).toBe(code);
  });
});
