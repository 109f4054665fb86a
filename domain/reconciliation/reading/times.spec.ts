import { dateReader, timeReader } from './times.js';

const dates = (format?: string): ((text: string) => unknown) => {
  const read = dateReader(format);
  if ('reason' in read) throw new Error(read.reason);
  return read;
};
const times = (format?: string) => {
  const reader = timeReader(format);
  if ('reason' in reader) throw new Error(reader.reason);
  return reader;
};

describe('a date', () => {
  it.each([
    [undefined, '2024-06-12', '2024-06-12'],
    ['dd/MM/yyyy', '12/06/2024', '2024-06-12'],
    ['d.M.yy', '1.2.24', '2024-02-01'],
    ['yyyyMMdd', '20240229', '2024-02-29'],
    ['dd-MMM-yyyy', '12-Jun-2024', '2024-06-12'],
    ["yyyy'year'MMdd", '2024year0612', '2024-06-12'],
  ])('of the format %s reads %s as %s', (format, text, date) => {
    expect(dates(format)(text)).toBe(date);
  });

  it.each([
    ['dd/MM/yyyy', '31/02/2024', 'is no date: month 2 of 2024 has 29 days'],
    ['dd/MM/yyyy', '29/02/2023', 'is no date: month 2 of 2023 has 28 days'],
    ['dd/MM/yyyy', '29/02/2100', 'is no date: month 2 of 2100 has 28 days'],
    ['dd/MM/yyyy', '00/06/2024', 'is no date: month 6 of 2024 has 30 days'],
    ['dd/MM/yyyy', '06/13/2024', 'is no date: there is no month 13'],
    ['dd/MM/yyyy', '12/06/0024', 'is no date: year 24 is out of range'],
    ['dd/MM/yyyy', '1/6/2024', 'is not written as dd/MM/yyyy'],
    ['dd-MMM-yyyy', '12-Jux-2024', 'is no date: there is no month 0'],
    [undefined, '2024-06-31', 'is no date: month 6 of 2024 has 30 days'],
    [undefined, '12/06/2024', 'is not written as yyyy-MM-dd'],
  ])('of the format %s refuses %s: it %s', (format, text, reason) => {
    expect(dates(format)(text)).toEqual({ reason });
  });

  it.each([
    ['dd/MM', 'does not name year, month and day only'],
    ['dd/MM/yyyy HH', 'does not name year, month and day only'],
    ['DD/MM/yyyy', 'has the unknown letters "DD"'],
    ['dd/MM/yyyyy', 'has the unknown letters "yyyyy"'],
    ['dd/dd/yyyy', 'names "d" twice'],
    ["dd/MM/yyyy'", 'has a quotation that does not end'],
  ])('cannot have the format %s: it %s', (format, reason) => {
    expect(dateReader(format)).toEqual({ reason });
  });
});

describe('a time', () => {
  const noon = Date.UTC(2024, 5, 12, 12);

  it.each([
    ['2024-06-12T12:00:00Z', { local: noon, dated: true, offset: 0 }],
    ['2024-06-12 12:00', { local: noon, dated: true }],
    ['2024-06-12T12:00:00.1234567+05:30', { local: noon + 123, dated: true, offset: 19_800_000 }],
    ['2024-06-12T12:00:00.5-0400', { local: noon + 500, dated: true, offset: -14_400_000 }],
    ['2024-06-12T24:00:00Z', { reason: 'is no time: there is no such hour' }],
    ['2024-06-12T12:60:00Z', { reason: 'is no time: there is no minute 60' }],
    ['2024-06-12T12:00:60Z', { reason: 'is no time: there is no second 60' }],
    ['2024-06-31T12:00:00Z', { reason: 'is no date: month 6 of 2024 has 30 days' }],
    ['2024-06-12T12:00:00+19:00', { reason: 'is no time: there is no such offset' }],
    ['2024-06-12', { reason: 'is not an ISO 8601 date and time' }],
  ])('in ISO 8601, %s, is %j', (text, expected) => {
    expect(times().read(text)).toEqual(expected);
  });

  it.each([
    ['HH:mm:ss.SSS', '14:03:33.293', 50_613_293, 1],
    ['HH:mm:ss', '14:03:33', 50_613_000, 1_000],
    ['HH:mm:ss.S', '14:03:33.2', 50_613_200, 100],
    ['HH:mm:ss.SSSSSS', '14:03:33.293999', 50_613_293, 1],
    ['HHmm', '1403', 50_580_000, 60_000],
    ['h:mm a', '12:03 AM', 180_000, 60_000],
    ['hh:mm a', '02:03 pm', 50_580_000, 60_000],
  ])('of the format %s reads %s as %d, in steps of %d', (format, text, local, resolution) => {
    const reader = times(format);
    expect(reader.read(text)).toEqual({ local, dated: false });
    expect(reader).toMatchObject({ resolution, dated: false });
  });

  it('may hold its date and its offset', () => {
    expect(times("yyyyMMdd'T'HHmmssXXX").read('20240612T120000-04:00')).toEqual({
      local: noon,
      dated: true,
      offset: -14_400_000,
    });
  });

  it.each([
    ['HH:mm:ss.SSS', '14:03:33', 'is not written as HH:mm:ss.SSS'],
    ['HH:mm', '24:00', 'is no time: there is no such hour'],
    ['hh:mm a', '13:00 PM', 'is no time: there is no such hour'],
  ])('of the format %s refuses %s: it %s', (format, text, reason) => {
    expect(times(format).read(text)).toEqual({ reason });
  });

  it.each([
    ['mm:ss', 'must name the hour once, as H or h'],
    ['hh:mm', 'must name h and a together'],
    ['HH:ss', 'names seconds without minutes'],
    ['HH:mm.SSS', 'names a fraction without seconds'],
    ['dd HH:mm', 'names a part of a date only'],
    ['HH:mmXXX', 'names an offset without a date'],
    ['HH:MM:ss', 'names a part of a date only'],
    ['KK:mm', 'has the unknown letters "KK"'],
  ])('cannot have the format %s: it %s', (format, reason) => {
    expect(timeReader(format)).toEqual({ reason });
  });
});
