import fc from 'fast-check';
import { timeZone } from './time-zone.js';

const asLocal = (text: string): number => Date.parse(`${text}Z`);

describe('a time zone', () => {
  it.each([
    ['America/New_York', '2024-06-12T09:30:00.507', '2024-06-12T13:30:00.507Z'],
    ['America/New_York', '2024-01-15T09:30:00', '2024-01-15T14:30:00.000Z'],
    ['America/New_York', '2024-03-10T01:59:59.999', '2024-03-10T06:59:59.999Z'],
    ['America/New_York', '2024-03-10T03:00:00', '2024-03-10T07:00:00.000Z'],
    ['America/New_York', '2024-11-03T02:00:00', '2024-11-03T07:00:00.000Z'],
    ['Asia/Kolkata', '2024-06-12T00:00:00', '2024-06-11T18:30:00.000Z'],
    ['Asia/Kathmandu', '2024-06-12T12:00:00', '2024-06-12T06:15:00.000Z'],
    ['Pacific/Apia', '2011-12-31T00:00:00', '2011-12-30T10:00:00.000Z'],
    ['UTC', '2024-06-12T12:00:00', '2024-06-12T12:00:00.000Z'],
  ])('of %s has %s at %s', (name, local, instant) => {
    expect(new Date(timeZone(name)!.toInstant(asLocal(local))).toISOString()).toBe(instant);
  });

  it.each([
    ['America/New_York', '2024-03-10T02:30:00', '2024-03-10T07:30:00.000Z'],
    ['Europe/Berlin', '2024-03-31T02:00:00', '2024-03-31T01:00:00.000Z'],
    ['Australia/Lord_Howe', '2024-10-06T02:15:00', '2024-10-05T15:45:00.000Z'],
  ])('of %s moves %s, which the clocks skip, on by the gap to %s', (name, local, instant) => {
    expect(new Date(timeZone(name)!.toInstant(asLocal(local))).toISOString()).toBe(instant);
  });

  it.each([
    ['America/New_York', '2024-11-03T01:30:00', '2024-11-03T05:30:00.000Z'],
    ['Europe/London', '2024-10-27T01:00:00', '2024-10-27T00:00:00.000Z'],
    ['Australia/Lord_Howe', '2024-04-07T01:45:00', '2024-04-06T14:45:00.000Z'],
  ])('of %s takes the first of the two %s, %s', (name, local, instant) => {
    expect(new Date(timeZone(name)!.toInstant(asLocal(local))).toISOString()).toBe(instant);
  });

  it('goes from UTC to local time and back, but for the hour that comes twice', () => {
    const names = [
      'America/New_York',
      'Europe/London',
      'Australia/Lord_Howe',
      'Asia/Tehran',
      'Africa/Casablanca',
    ];
    const zones = names.map((name) => ({ name, zone: timeZone(name)! }));
    const instants = fc.integer({ min: Date.UTC(1970, 0), max: Date.UTC(2037, 0) });
    fc.assert(
      fc.property(fc.constantFrom(...zones), instants, ({ name, zone }, instant) => {
        const local = zone.toLocal(instant);
        expect(new Date(local).toISOString().slice(0, 19)).toBe(
          new Date(instant).toLocaleString('sv-SE', { timeZone: name }).replace(' ', 'T'),
        );
        const back = zone.toInstant(local);
        expect(back).toBeLessThanOrEqual(instant);
        expect(zone.toLocal(back)).toBe(local);
      }),
      { numRuns: 500 },
    );
  });

  it.each(['Mars/Olympus', '', 'EST5EDT7'])('is not "%s"', (name) => {
    expect(timeZone(name)).toBeUndefined();
  });
});
