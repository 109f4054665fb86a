import { decider } from '../../kernel/decider.js';
import { Rejected } from '../../kernel/errors.js';
import type { CrossReference } from '../matching/cross-reference.js';
import { PutInstruments, RemoveInstrument } from './commands.js';
import { crossReferenceEvents, type CrossReferenceEvent, type Instrument } from './events.js';
import { instrumentProblems } from './instrument-problems.js';

/** There is one in each workspace. */
export const crossReferenceId = 'instruments';

export interface KnownInstruments {
  /** 0: none was ever put. */
  readonly version: number;
  readonly instruments: ReadonlyMap<string, Instrument>;
}

const mostInstruments = 50_000;
/** Of the problems of one request. */
const mostProblems = 100;

/** Which identifiers mean one instrument: no identifier is ever of two of them. */
export const crossReference = decider<KnownInstruments, CrossReferenceEvent>()({
  category: 'crossReference',
  events: crossReferenceEvents,
  commands: { PutInstruments, RemoveInstrument },
  id: () => crossReferenceId,
  initial: { version: 0, instruments: new Map() },

  decide: {
    PutInstruments: ({ instruments: asked }, { version, instruments }) => {
      refuse('reconciliation.bad-instruments', 'these are no instruments', instrumentProblems(asked));
      const changed = asked
        .map(inFieldOrder)
        .filter((one) => JSON.stringify(one) !== JSON.stringify(instruments.get(one.instrumentId)));
      if (changed.length === 0) return [];
      const after = withInstruments(instruments, changed);
      if (after.size > mostInstruments)
        throw new Rejected(
          'reconciliation.too-many-instruments',
          `a workspace has at most ${mostInstruments} instruments`,
          { instruments: after.size },
        );
      refuse(
        'reconciliation.identifier-taken',
        'an identifier means one instrument',
        twiceUsed(after, asked),
      );
      return [{ type: 'InstrumentsPut', data: { version: version + 1, instruments: changed } }];
    },

    RemoveInstrument: ({ instrumentId }, { version, instruments }) =>
      instruments.has(instrumentId)
        ? [{ type: 'InstrumentRemoved', data: { version: version + 1, instrumentId } }]
        : [],
  },

  evolve: {
    InstrumentsPut: (before, { data }) => ({
      version: data.version,
      instruments: withInstruments(before.instruments, data.instruments),
    }),
    InstrumentRemoved: (before, { data }) => {
      const instruments = new Map(before.instruments);
      instruments.delete(data.instrumentId);
      return { version: data.version, instruments };
    },
  },
});

/** What a run resolves symbols by; undefined while there is nothing to resolve. */
export function tableOf({ version, instruments }: KnownInstruments): CrossReference | undefined {
  if (instruments.size === 0) return undefined;
  const entries = [...instruments.values()].map(({ instrumentId: _id, ...identifiers }) => identifiers);
  return { version, instruments: entries };
}

function withInstruments(
  before: ReadonlyMap<string, Instrument>,
  changed: readonly Instrument[],
): ReadonlyMap<string, Instrument> {
  const after = new Map(before);
  for (const instrument of changed) after.set(instrument.instrumentId, instrument);
  return after;
}

/** So that equal ones are equal texts. */
function inFieldOrder({ instrumentId, ticker, isin, cusip, assetClass }: Instrument): Instrument {
  return {
    instrumentId,
    ...(ticker !== undefined && { ticker }),
    ...(isin !== undefined && { isin }),
    ...(cusip !== undefined && { cusip }),
    ...(assetClass !== undefined && { assetClass }),
  };
}

function twiceUsed(after: ReadonlyMap<string, Instrument>, asked: readonly Instrument[]) {
  const owners = new Map<string, string>();
  const places = new Map(asked.map(({ instrumentId }, index) => [instrumentId, index]));
  const problems: { field: string; reason: string }[] = [];
  for (const { instrumentId, ticker, isin, cusip } of after.values())
    for (const identifier of new Set([ticker, isin, cusip])) {
      if (identifier === undefined) continue;
      const owner = owners.get(identifier);
      owners.set(identifier, instrumentId);
      if (owner === undefined) continue;
      const index = places.get(instrumentId) ?? places.get(owner) ?? 0;
      const reason = `${identifier} is of ${owner} and of ${instrumentId}`;
      problems.push({ field: `instruments.${index}`, reason });
    }
  return problems;
}

function refuse(
  code: string,
  message: string,
  problems: readonly { readonly field: string; readonly reason: string }[],
): void {
  if (problems.length === 0) return;
  throw new Rejected(code, message, {
    problems: problems.slice(0, mostProblems).map(({ field, reason }) => ({ field, reason })),
  });
}
