import type { JsonSchema } from './json-schema.js';
import { breakTypes, matchTypes } from '../../../domain/reconciliation/matching/result.js';
import { leftOutReasons } from '../../../domain/reconciliation/settlement/events.js';
import {
  text,
  whole,
  instant,
  texts,
  object,
  counts,
  answerWith,
  storedObject,
  versionsOf,
} from './schema-parts.js';

const reconciliationCounts = object(
  {
    internal: whole,
    broker: whole,
    otherDates: counts(['internal', 'broker']),
    carried: counts(['internal', 'broker', 'cleared']),
    known: { ...whole, description: 'Found again, of the run that this one continues' },
    matched: counts(matchTypes),
    breaks: counts(breakTypes),
  },
  ['carried', 'known'],
);

const netting = object(
  {
    status: { enum: ['requested', 'completed', 'failed'] },
    settlements: whole,
    leftOut: { type: 'array', items: object({ reason: { enum: leftOutReasons }, trades: whole }) },
    reason: text,
  },
  ['leftOut', 'reason'],
);

const toleranceOverride = object(
  { symbol: text, assetClass: text, source: text, tolerances: { type: 'object' } },
  ['symbol', 'assetClass', 'source'],
);

const searchLimit = object({
  step: { enum: ['tolerance', 'group', 'oneField'] },
  account: text,
  symbol: text,
  internal: whole,
  broker: whole,
  outcome: text,
});

const handMatch = object(
  {
    matchId: text,
    internal: texts,
    broker: texts,
    breaks: texts,
    differences: texts,
    reason: text,
    by: text,
    at: instant,
    undone: object({ reason: text, by: text, at: instant }),
  },
  ['undone'],
);

const unmadeMatch = object(
  {
    match: { ...whole, description: 'Its number among the matches of the run, from 0' },
    internal: texts,
    broker: texts,
    breaks: { ...texts, description: 'That its records have of this run without it' },
    restored: { ...texts, description: 'Of earlier runs, that it had cleared' },
    records: storedObject,
    reason: text,
    by: text,
    at: instant,
  },
  ['restored'],
);

export const run = {
  runId: text,
  status: { enum: ['accepted', 'running', 'completed', 'failed'] },
  tradeDate: { type: 'string', format: 'date' },
  internal: texts,
  broker: texts,
  tolerances: { type: 'object' },
  toleranceSet: object({ name: text, version: whole }),
  overrides: { type: 'array', items: toleranceOverride },
  crossReferenceVersion: { ...whole, description: 'What its symbols were resolved by' },
  searchLimits: { type: 'array', items: searchLimit },
  handMatches: { type: 'array', items: handMatch },
  unmadeMatches: { type: 'array', items: unmadeMatch },
  timeResolution: { ...whole, description: 'Of its uploads’ times, in milliseconds' },
  carryForward: object({ days: whole, from: { type: 'string', format: 'date' }, runs: texts }),
  continues: { ...text, description: 'The run that it goes on from' },
  strategies: { type: 'object', additionalProperties: whole },
  again: { ...text, description: 'The run that it does again, with other uploads' },
  stale: object({ at: instant, uploadId: text, reason: text, supersededBy: text }, ['supersededBy']),
  settle: { const: true },
  requestedAt: instant,
  requestedBy: text,
  attempts: whole,
  counts: reconciliationCounts,
  completedAt: instant,
  reason: text,
  netting,
};

/** Fields of a run that are there where they say something. */
export const runOptional = [
  'carryForward',
  'continues',
  'strategies',
  'toleranceSet',
  'overrides',
  'crossReferenceVersion',
  'searchLimits',
  'handMatches',
  'unmadeMatches',
  'again',
  'stale',
  'settle',
  'reason',
  'netting',
] as const;
const untilCompleted = ['counts', 'completedAt'] as const;

const otherMessages: JsonSchema = {
  type: 'array',
  description: 'Messages of a FIX log that are no rows, by type',
  items: object({ type: text, name: text, detail: text, count: whole }, ['detail']),
};

/** Of sources, uploads, runs, and what runs are judged by. */
export const runSchemas: Readonly<Record<string, JsonSchema>> = {
  SourceRegistered: answerWith({ name: text }),
  Source: object({
    name: text,
    version: whole,
    builtIn: { type: 'boolean' },
    profile: { type: 'object' },
    registeredAt: instant,
    versions: {
      type: 'array',
      items: object({ version: whole, registeredAt: instant, registeredBy: text }),
    },
  }),
  SourceTrial: object({
    name: text,
    version: whole,
    accepted: whole,
    rejected: whole,
    rows: {
      type: 'array',
      items: object(
        {
          line: whole,
          record: { type: 'object', additionalProperties: text, description: 'The row as it would be read' },
          reject: object({ field: text, reason: text }),
        },
        ['record', 'reject'],
      ),
    },
    otherMessages,
  }),
  UploadRecorded: answerWith(
    {
      uploadId: text,
      sha256: text,
      bytes: whole,
      rows: whole,
      accepted: whole,
      rejected: whole,
      otherMessages,
    },
    ['otherMessages'],
  ),
  Upload: object(
    {
      uploadId: text,
      side: { enum: ['internal', 'broker'] },
      source: text,
      sourceVersion: whole,
      sha256: text,
      bytes: whole,
      rows: whole,
      accepted: whole,
      rejected: whole,
      otherMessages,
      uploadedAt: instant,
      uploadedBy: text,
      state: { enum: ['in-use', 'withdrawn', 'superseded'] },
      withdrawal: object({ at: instant, reason: text, by: text, actor: text }, ['by']),
      runs: whole,
    },
    ['otherMessages', 'withdrawal'],
  ),
  Reject: object({ line: whole, field: text, reason: text }),
  RunAccepted: answerWith({ runId: text, status: { const: 'accepted' } }),
  Run: object(run, [...runOptional, ...untilCompleted]),
  Match: object({
    match: { ...whole, description: 'Its number among the matches of the run, from 0' },
    type: { enum: matchTypes },
    internal: texts,
    broker: texts,
    confidence: { type: 'number', minimum: 0, maximum: 1 },
    strategy: text,
    explanation: text,
  }),
  Instrument: object(
    {
      instrumentId: text,
      ticker: text,
      isin: text,
      cusip: text,
      assetClass: text,
      version: { ...whole, description: 'Of the cross-reference, which brought it as it stands' },
      changedAt: instant,
      changedBy: text,
    },
    ['ticker', 'isin', 'cusip', 'assetClass'],
  ),
  MatchedByHand: answerWith({ matchId: text, differences: texts }),
  ToleranceSet: versionsOf(
    { tolerances: { type: 'object' }, overrides: { type: 'array', items: toleranceOverride } },
    'The version of a run that names none',
  ),
};
