import { Rejected } from '../../kernel/errors.js';
import { command, specify } from '../../kernel/testing.js';
import { RegisterSource } from './commands.js';
import type { SourceEvent } from './events.js';
import { axionCsv, type MappingProfile } from './mapping-profile.js';
import { profileOf, source } from './source.js';

const profile: MappingProfile = {
  name: 'broker-a',
  format: 'csv',
  columns: {
    account: 'acct',
    symbol: 'sym',
    side: 'bs',
    quantity: 'qty',
    price: 'px',
    currency: 'ccy',
    tradeTime: 'time',
  },
};
const register = (changes: Partial<RegisterSource> = {}) =>
  command(RegisterSource, { ...(profile as RegisterSource), ...changes });
const registered = (version: number, changes: Partial<MappingProfile> = {}): SourceEvent => ({
  type: 'SourceRegistered',
  data: { name: 'broker-a', version, profile: { ...profile, ...changes } },
});

describe('a source', () => {
  const { given } = specify(source);

  it('is registered with its first version', () => given().when(register()).then(registered(1)));

  it('has a next version when its profile is another', () =>
    given(registered(1))
      .when(register({ timeZone: 'Europe/Zurich' }))
      .then(registered(2, { timeZone: 'Europe/Zurich' })));

  it('says nothing when it is registered again as it is', () => given(registered(1)).when(register()).then());

  it('says nothing when the same profile is written in another order, or with what is left out named', () =>
    given(registered(1))
      .when(
        Object.assign(register({ columns: Object.fromEntries(Object.entries(profile.columns).reverse()) }), {
          delimiter: undefined,
        }),
      )
      .then());

  it('goes back to an older profile by a new version', () =>
    given(registered(1), registered(2, { delimiter: ';' }))
      .when(register())
      .then(registered(3)));

  it('compares with its newest version, not with those before', () =>
    given(registered(1), registered(2, { delimiter: ';' }))
      .when(register({ delimiter: ';' }))
      .then());

  it('cannot take the name of the one that is built in', () =>
    given()
      .when(register({ name: axionCsv.name }))
      .rejects('reconciliation.reserved-source'));

  it.each<[string, Partial<RegisterSource>]>([
    ['that lacks a mandatory field', { columns: { account: 'acct' } }],
    ['with an unknown time zone', { timeZone: 'Mars/Olympus' }],
    ['with a date format that nobody can read', { dateFormat: 'QQQ' }],
    ['with a time that has no date, and none beside it', { timeFormat: 'HH:mm' }],
    ['whose constant cannot be read', { constants: { fees: 'free' } }],
    ['whose separators are one and the same', { thousandsSeparator: ',', decimalSeparator: ',' }],
    ['whose codes name one side only', { sideCodes: { B: 'buy' } }],
    ['that names one column twice', { columns: { ...profile.columns, fees: 'px' } }],
  ])('cannot have a profile %s', (_what, changes) =>
    given().when(register(changes)).rejects('reconciliation.bad-profile'),
  );

  it('refuses a bad profile though a good one is there', () =>
    given(registered(1))
      .when(register({ delimiter: '"' }))
      .rejects('reconciliation.bad-profile'));

  it('says of a bad profile everything that is wrong with it', () => {
    let refusal: unknown;
    try {
      source.decide.RegisterSource(
        register({ timeZone: 'Mars/Olympus', dateFormat: 'QQQ' }),
        source.initial,
        undefined as never,
      );
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(Rejected);
    expect(refusal).toMatchObject({
      details: { problems: [{ field: 'timeZone' }, { field: 'dateFormat' }] },
    });
  });
});

describe('the profile of a source', () => {
  it('is its newest', () =>
    expect(profileOf('broker-a', { version: 2, profile })).toEqual({ version: 2, profile }));

  it('is there for the built-in one without a registration', () =>
    expect(profileOf(axionCsv.name, source.initial)).toEqual({ version: 1, profile: axionCsv }));

  it('is refused where there is no such source', () =>
    expect(() => profileOf('broker-a', source.initial)).toThrow(
      expect.objectContaining({ code: 'reconciliation.unknown-source' }),
    ));
});
