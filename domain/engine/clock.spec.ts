import { validateSync } from 'class-validator';
import { command, specify } from '../kernel/testing.js';
import { BeginManualClock, SetClock } from './clock-commands.js';
import { clock } from './clock.js';
import type { ClockEvent } from './clock-events.js';

describe('the clock', () => {
  const { given } = specify(clock);
  const at = (to: string): ClockEvent => ({ type: 'ClockSet', data: { to } });
  const set = (to: string) => command(SetClock, { to });
  const noon = at('2024-06-12T12:00:00.000Z');

  it('becomes manual at a time', () =>
    given()
      .when(command(BeginManualClock, { to: '2024-06-12T12:00:00.000Z' }))
      .then(noon));
  it('becomes manual once', () =>
    given(noon)
      .when(command(BeginManualClock, { to: '2030-01-01T00:00:00.000Z' }))
      .then());
  it('is set forwards', () =>
    given(noon).when(set('2024-06-12T13:00:00.000Z')).then(at('2024-06-12T13:00:00.000Z')));
  it('is set backwards', () =>
    given(noon).when(set('1999-12-31T23:59:59.999Z')).then(at('1999-12-31T23:59:59.999Z')));
  it.each([
    ['2024-06-12T13:00:00Z', '2024-06-12T13:00:00.000Z'],
    ['2024-06-12T13:00:00.5Z', '2024-06-12T13:00:00.500Z'],
    ['2024-06-12T13:00:00.123456789Z', '2024-06-12T13:00:00.123Z'],
  ])('takes %s as %s', (given_, normalised) => given(noon).when(set(given_)).then(at(normalised)));
  it('says nothing twice', () => given(noon).when(set('2024-06-12T12:00:00Z')).then());
  it('cannot be set while it is the system’s', () =>
    given().when(set('2024-06-12T13:00:00Z')).rejects('clock.not-manual'));

  it.each([
    '2024-06-12',
    '2024-06-12T13:00:00',
    '2024-06-12T13:00:00+02:00',
    '2024-02-30T13:00:00Z',
    '2024-13-01T13:00:00Z',
    '2024-06-12T24:00:00Z',
    '2024-06-12T13:60:00Z',
    '2024-06-12 13:00:00Z',
    '2024-06-12t13:00:00z',
    '+012024-06-12T13:00:00Z',
    'now',
    '',
  ])('is not asked for %j', (to) => expect(validateSync(set(to))).not.toEqual([]));
  it('is asked for a leap day', () => expect(validateSync(set('2024-02-29T13:00:00Z'))).toEqual([]));
});
