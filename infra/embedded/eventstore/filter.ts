import { UnreadablePattern, compilePattern } from './filter-pattern.js';
import { unknown } from './refusals.js';
import { type LogRecord } from './store/record.js';
import { type FilterOptions } from './wire/read-request.js';

export type Filter = (record: LogRecord) => boolean;

/** Builds the test of a filter; a regular expression that is none refuses the call. */
export function createFilter(options: Pick<FilterOptions, 'on' | 'regex' | 'prefixes'>): Filter {
  const subject =
    options.on === 'stream name'
      ? (record: LogRecord): string => record.stream
      : (record: LogRecord): string => record.type;
  if (options.regex !== undefined) {
    const expression = compile(options.regex);
    return (record) => expression.test(subject(record));
  }
  return (record) => {
    const text = subject(record);
    return options.prefixes.some((prefix) => text.startsWith(prefix));
  };
}

function compile(source: string): RegExp {
  try {
    return compilePattern(source);
  } catch (error) {
    if (!(error instanceof UnreadablePattern)) throw error;
    throw unknown(`Invalid pattern '${source}': ${error.message}`);
  }
}
