import { type MappingProfile, type TradeField, tradeFields } from './mapping-profile.js';
import { type Layout, readHeader } from '../reading/header.js';
import { profileProblems, type ProfileProblem } from '../reading/profile-problems.js';
import { rejected, rowReader, type RowReader } from '../reading/row-reader.js';
import { type SentFields } from '../reading/fields.js';
import { type RowResult } from '../reading/row-result.js';
import { timeZone, utc } from '../reading/time-zone.js';
import { needsTradeDate } from '../reading/moments.js';
import { dateReader, fixTimeReader, readFixDate, timeReader } from '../reading/times.js';

export { type ProfileProblem } from '../reading/profile-problems.js';
export { type RowReject, type RowResult } from '../reading/row-result.js';

/** Reads the rows of one file. It remembers what came often, so it is made once per file and not shared. */
export interface ProfileReader {
  readonly profile: MappingProfile;
  /** The step of the times it reads, in milliseconds, once they are read; the matching compares times no finer. */
  readonly timeResolution: number;
  /** Takes the first row; problems mean that the file is not what its profile says, and that no row can be read. */
  readonly header: (cells: readonly string[]) => readonly ProfileProblem[];
  /** Takes a row with its line number, and the index of its upload within the side of the run. */
  readonly row: (line: number, cells: readonly string[], upload?: number) => RowResult;
  /** Makes a record of what a row of whatever format sends. */
  readonly record: RowReader;
}

export type CompiledProfile =
  { readonly reader: ProfileReader } | { readonly problems: readonly ProfileProblem[] };

/** Makes a reader of a profile, or says everything that is wrong with it. */
export function compileProfile(profile: MappingProfile): CompiledProfile {
  const problems = profileProblems(profile);
  const zone = profile.timeZone === undefined ? utc : timeZone(profile.timeZone);
  if (zone === undefined)
    problems.push({ field: 'timeZone', reason: `"${profile.timeZone ?? ''}" is no time zone` });
  const isFix = profile.format === 'fix';
  const dates = isFix && profile.dateFormat === undefined ? readFixDate : dateReader(profile.dateFormat);
  if ('reason' in dates) problems.push(formatProblem('dateFormat', profile.dateFormat, dates.reason));
  const times = isFix && profile.timeFormat === undefined ? fixTimeReader() : timeReader(profile.timeFormat);
  if ('reason' in times) problems.push(formatProblem('timeFormat', profile.timeFormat, times.reason));
  else if (needsTradeDate(profile, times)) {
    const reason = 'is mandatory, as the timeFormat has no date, and has neither a column nor a constant';
    problems.push({ field: 'tradeDate', reason });
  }
  if (problems.length > 0 || zone === undefined || 'reason' in dates || 'reason' in times)
    return { problems };

  const readRow = rowReader(profile, { zone, dates, times });
  const wrongConstants = constantProblems(profile, readRow.check);
  if (wrongConstants.length > 0) return { problems: wrongConstants };

  let layout: Layout | undefined;
  const reader: ProfileReader = {
    profile,
    get timeResolution() {
      return times.resolution;
    },
    record: readRow.read,
    header: (cells) => {
      const found = readHeader(profile, cells);
      layout = 'positions' in found ? found : undefined;
      return 'positions' in found ? [] : found;
    },
    row: (line, cells, upload = 0) => {
      if (layout === undefined) throw new Error('A row was given before a header that fits the profile');
      const { positions, width } = layout;
      if (cells.length !== width)
        return rejected(line, 'row', `has ${cells.length} cells, the header has ${width}`);
      const sent: SentFields = (field) => {
        const position = positions.get(field);
        return position === undefined ? undefined : cells[position];
      };
      return readRow.read(sent, { line, upload }, emptyCell);
    },
  };
  return { reader };
}

/** Not reachable: every mandatory field of a CSV file has a column or a constant. */
const emptyCell = (): string => 'is empty';

function formatProblem(field: string, format: string | undefined, reason: string): ProfileProblem {
  return { field, reason: `"${format ?? ''}" ${reason}` };
}

function constantProblems(
  { constants = {} }: MappingProfile,
  check: (field: TradeField, text: string) => string | undefined,
): ProfileProblem[] {
  return tradeFields.flatMap((field) => {
    const constant = constants[field];
    const reason = constant === undefined ? undefined : check(field, constant.trim());
    return reason === undefined ? [] : [{ field, reason: `has the constant ${reason}` }];
  });
}
