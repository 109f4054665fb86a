import type { JsonSchema } from './json-schema.js';
import { breakStates, resolutions, severities } from '../../../domain/reconciliation/breaks/states.js';
import { breakTypes } from '../../../domain/reconciliation/matching/result.js';
import { reportKinds } from '../../../domain/reconciliation/reports/events.js';
import { run, runOptional } from './run-schemas.js';
import {
  text,
  whole,
  instant,
  texts,
  object,
  counts,
  position,
  answerWith,
  sagaHistory,
  storedObject,
  versionsOf,
} from './schema-parts.js';

const resolution: JsonSchema = { enum: resolutions };
const clearing = object(
  {
    byRun: text,
    how: { enum: ['match', 'break', 'gone', 'hand'] },
    match: whole,
    inBreak: text,
    handMatch: text,
  },
  ['match', 'inBreak', 'handMatch'],
);

const foundBreakFields = {
  breakId: text,
  runId: text,
  tradeDate: { type: 'string', format: 'date' },
  type: { enum: breakTypes },
  internal: texts,
  broker: texts,
  explanation: text,
  notional: text,
  currency: text,
  differenceAmount: { ...text, description: 'What the difference is worth, in that currency' },
  symbol: text,
  account: text,
  foundAt: instant,
  state: { enum: breakStates },
  severity: { enum: severities },
  policyVersion: whole,
  assignee: text,
  comments: whole,
  proposal: object({ resolution, reason: text, by: text }),
  resolution,
  reason: text,
  resolvedBy: text,
  approvedBy: text,
  resolvedAt: instant,
  escalatedAt: instant,
  escalatedAfterDays: whole,
  cleared: clearing,
  openSince: instant,
  changedAt: instant,
};
const foundBreakOptional = [
  'tradeDate',
  'differenceAmount',
  'symbol',
  'account',
  'assignee',
  'proposal',
  'resolution',
  'reason',
  'resolvedBy',
  'approvedBy',
  'resolvedAt',
  'escalatedAt',
  'escalatedAfterDays',
  'cleared',
  'openSince',
];
const foundBreak = object(foundBreakFields, foundBreakOptional);

const comparedBreaks: JsonSchema = {
  type: 'array',
  items: object({
    type: { enum: breakTypes },
    internal: texts,
    broker: texts,
    notional: text,
    currency: text,
    breakIds: texts,
  }),
};

const asOf = object({ position, time: instant });

const issuedReport = object(
  {
    reportId: text,
    kind: { enum: reportKinds },
    from: { type: 'string', format: 'date' },
    to: { type: 'string', format: 'date' },
    asOf,
    status: { enum: ['accepted', 'running', 'issued', 'failed'] },
    requestedAt: instant,
    requestedBy: text,
    json: storedObject,
    csv: storedObject,
    issuedAt: instant,
    reason: text,
  },
  ['json', 'csv', 'issuedAt', 'reason'],
);

const amountTable: JsonSchema = {
  type: 'object',
  additionalProperties: { type: 'string' },
  description: 'Amounts as decimal texts by currency, and `other` for those that are not named',
};

const breakPolicy = object(
  {
    version: { ...whole, description: '0 is the built-in policy' },
    severityFrom: { type: 'object', additionalProperties: amountTable },
    ageing: {
      type: 'array',
      items: object({ afterDays: { type: 'integer', minimum: 1 }, atLeast: { enum: severities } }),
    },
    approvalAbove: amountTable,
    changedAt: instant,
    changedBy: text,
  },
  ['changedAt', 'changedBy'],
);

const breakBulk = object(
  {
    bulkId: text,
    status: { enum: ['accepted', 'running', 'completed', 'failed'] },
    action: { type: 'object' },
    filter: { type: 'object' },
    requestedAt: instant,
    requestedBy: text,
    breaks: whole,
    applied: whole,
    proposed: whole,
    refused: whole,
    refusals: { type: 'object', additionalProperties: whole },
    completedAt: instant,
    reason: text,
  },
  ['filter', 'completedAt', 'reason'],
);

const trendDays: JsonSchema = {
  type: 'array',
  items: object({
    day: { type: 'string', format: 'date' },
    types: {
      type: 'object',
      description: 'By type of break',
      additionalProperties: counts(['opened', 'resolved', 'cleared', 'reopened', 'escalated', 'open']),
    },
  }),
};

/** Of breaks, what is done about them, and reports. */
export const breakSchemas: Readonly<Record<string, JsonSchema>> = {
  Break: foundBreak,
  BreakWithHistory: object({ ...foundBreakFields, history: sagaHistory }, foundBreakOptional),
  BreakTrends: object({ days: trendDays }),
  ResolutionRule: versionsOf({ rule: { type: 'object' } }, 'The version that is in force'),
  TriedRule: object({
    name: text,
    version: whole,
    runId: text,
    resolution,
    breaks: { ...whole, description: 'Of the run' },
    resolved: { ...whole, description: 'That it would resolve' },
    closedAlready: { ...whole, description: 'Of these, that somebody has closed already' },
    sample: { type: 'array', items: foundBreak, maxItems: 1000 },
  }),
  BreakPolicy: breakPolicy,
  BreakBulkAccepted: answerWith(
    { bulkId: text, status: { const: 'accepted' }, dryRun: { const: true }, breaks: whole },
    ['bulkId', 'status', 'dryRun', 'stream'],
  ),
  BreakBulk: breakBulk,
  ComparedRuns: object({
    onlyInFirst: comparedBreaks,
    onlyInSecond: comparedBreaks,
    inBoth: comparedBreaks,
  }),
  ReportAccepted: answerWith({ reportId: text, status: { const: 'accepted' }, asOf }),
  IssuedReport: issuedReport,
  Report: object(
    {
      ...run,
      matchRate: { type: 'number', minimum: 0, maximum: 1 },
      breaks: { type: 'array', items: foundBreak },
    },
    runOptional,
  ),
};
