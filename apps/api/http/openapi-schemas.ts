import { sagaStatuses } from '../engine/saga-statuses.js';
import { auditCategories, auditOutcomes } from '../../../domain/kernel/audit.js';
import type { JsonSchema } from './json-schema.js';
import { breakTypes, matchTypes } from '../../../domain/reconciliation/matching/result.js';
import { leftOutReasons } from '../../../domain/reconciliation/settlement/events.js';
import { settlementStates } from '../../../domain/reconciliation/settlement/states.js';

const text: JsonSchema = { type: 'string' };
const whole: JsonSchema = { type: 'integer', minimum: 0 };
const instant: JsonSchema = { type: 'string', format: 'date-time' };
const texts: JsonSchema = { type: 'array', items: text };

function object(
  properties: Readonly<Record<string, JsonSchema>>,
  optional: readonly string[] = [],
): JsonSchema {
  return {
    type: 'object',
    properties,
    required: Object.keys(properties).filter((name) => !optional.includes(name)),
  };
}

function counts(names: readonly string[]): JsonSchema {
  return object(Object.fromEntries(names.map((name) => [name, whole])));
}

const position: JsonSchema = {
  type: 'string',
  pattern: '^\\d+$',
  description: '64 bits, as a decimal string',
};

/** Where the command's last event stands. Of an empty stream only `stream` is known. */
const answer = {
  stream: text,
  revision: position,
  position,
  hash: { type: 'string', pattern: '^[0-9a-f]{64}$' },
  receipt: { ...text, description: 'All of it, signed: a signed note (docs/audit-chain.md)' },
  proof: { ...text, description: 'With `Prefer: wait=sealed`: a C2SP tlog-proof of the event' },
};
const answerOptional = ['revision', 'position', 'hash', 'receipt', 'proof'];

function answerWith(
  properties: Readonly<Record<string, JsonSchema>>,
  optional: readonly string[] = [],
): JsonSchema {
  return object({ ...properties, ...answer }, [...optional, ...answerOptional]);
}

const reconciliationCounts = object({
  internal: whole,
  broker: whole,
  otherDates: counts(['internal', 'broker']),
  matched: counts(matchTypes),
  breaks: counts(breakTypes),
});

const netting = object(
  {
    status: { enum: ['requested', 'completed', 'failed'] },
    settlements: whole,
    leftOut: { type: 'array', items: object({ reason: { enum: leftOutReasons }, trades: whole }) },
    reason: text,
  },
  ['leftOut', 'reason'],
);

const run = {
  runId: text,
  status: { enum: ['accepted', 'running', 'completed', 'failed'] },
  tradeDate: { type: 'string', format: 'date' },
  internal: texts,
  broker: texts,
  tolerances: { type: 'object' },
  settle: { const: true },
  requestedAt: instant,
  requestedBy: text,
  attempts: whole,
  counts: reconciliationCounts,
  completedAt: instant,
  reason: text,
  netting,
};

const foundBreak = object({
  breakId: text,
  runId: text,
  type: { enum: breakTypes },
  internal: texts,
  broker: texts,
  explanation: text,
  notional: text,
  currency: text,
  foundAt: instant,
});

const decimal: JsonSchema = { type: 'string', pattern: '^-?[0-9]+([.][0-9]+)?$' };

const ofSettlement = {
  settlementId: text,
  runId: text,
  account: text,
  counterparty: text,
  symbol: text,
  currency: text,
  settlementDate: { type: 'string', format: 'date' },
};

const settlement = object(
  {
    ...ofSettlement,
    state: { enum: settlementStates },
    late: { type: 'boolean' },
    netQuantity: { ...decimal, description: 'Bought less sold; below zero the account delivers' },
    netAmount: { ...decimal, description: 'Value bought less value sold: what the account pays' },
    trades: { type: 'integer', minimum: 1 },
    opensAt: instant,
    cutOffAt: instant,
    affirmedQuantity: decimal,
    settledQuantity: decimal,
    settledAmount: decimal,
    failedQuantity: decimal,
    failedAmount: decimal,
    openQuantity: decimal,
    openAmount: decimal,
    openedAt: instant,
    instructedAt: instant,
    affirmedAt: instant,
    affirmedBy: text,
    settledAt: instant,
    failedAt: instant,
    reason: text,
  },
  ['counterparty', 'instructedAt', 'affirmedAt', 'affirmedBy', 'settledAt', 'failedAt', 'reason'],
);

const settlementBreak = object(
  { ...ofSettlement, quantity: decimal, amount: decimal, reason: text, openedAt: instant },
  ['counterparty'],
);

const saga = {
  saga: text,
  instance: text,
  status: { enum: sagaStatuses },
  state: { type: 'object', description: 'The saga’s own' },
  waitsFor: object({
    steps: {
      type: 'array',
      items: object({ command: text, attempts: whole, nextTryAt: instant }, ['nextTryAt']),
    },
    timers: { type: 'array', items: object({ name: text, due: instant }) },
    events: { ...whole, description: 'Inputs that are held until it goes on' },
  }),
  wakeAt: { ...instant, description: 'When it has something to do of itself; absent: never' },
  reason: { ...text, description: 'Why it is parked' },
  startedAt: instant,
  updatedAt: instant,
  correlationId: text,
};
const sagaOptional = ['wakeAt', 'reason'];
const sagaHistory: JsonSchema = {
  type: 'array',
  items: object({ revision: position, type: text, at: instant, actor: text, data: { type: 'object' } }),
};

const hex: JsonSchema = { type: 'string', pattern: '^[0-9a-f]{64}$' };
const base64s: JsonSchema = { type: 'array', items: { type: 'string', contentEncoding: 'base64' } };

const auditEvent = {
  id: { type: 'string', format: 'uuid' },
  position,
  stream: text,
  revision: position,
  type: text,
  category: { enum: auditCategories },
  outcome: { enum: auditOutcomes },
  actor: text,
  at: instant,
  resource: text,
  commandId: text,
  correlationId: text,
  causationId: text,
};

/** What the routes answer, by the names that `@Describe` uses. */
export const answerSchemas: Readonly<Record<string, JsonSchema>> = {
  Problem: object({ type: text, title: text, status: whole, code: text, detail: text }),
  CommandAnswer: answerWith({}),
  WorkspaceCreated: answerWith({ id: text }),
  Workspace: object({ id: text, name: text, createdAt: instant }),
  ApiKeyIssued: answerWith({ keyId: text, key: text }, ['key']),
  ApiKey: object(
    {
      keyId: text,
      name: { description: 'the name, or {"$erased": true} once it was erased' },
      roles: texts,
      issuedAt: instant,
      issuedBy: text,
      revokedAt: instant,
    },
    ['revokedAt'],
  ),
  SourceRegistered: answerWith({ name: text }),
  Source: object({
    name: text,
    version: whole,
    builtIn: { type: 'boolean' },
    profile: { type: 'object' },
    registeredAt: instant,
  }),
  UploadRecorded: answerWith({
    uploadId: text,
    sha256: text,
    bytes: whole,
    rows: whole,
    accepted: whole,
    rejected: whole,
  }),
  Upload: object({
    uploadId: text,
    side: { enum: ['internal', 'broker'] },
    source: text,
    sourceVersion: whole,
    sha256: text,
    bytes: whole,
    rows: whole,
    accepted: whole,
    rejected: whole,
    uploadedAt: instant,
    uploadedBy: text,
  }),
  Reject: object({ line: whole, field: text, reason: text }),
  RunAccepted: answerWith({ runId: text, status: { const: 'accepted' } }),
  Run: object(run, ['settle', 'counts', 'completedAt', 'reason', 'netting']),
  Match: object({
    type: { enum: matchTypes },
    internal: texts,
    broker: texts,
    confidence: { type: 'number', minimum: 0, maximum: 1 },
    strategy: text,
    explanation: text,
  }),
  Break: foundBreak,
  Report: object(
    {
      ...run,
      matchRate: { type: 'number', minimum: 0, maximum: 1 },
      breaks: { type: 'array', items: foundBreak },
    },
    ['settle', 'reason', 'netting'],
  ),
  Settlement: settlement,
  SettlementBreak: settlementBreak,
  Saga: object(saga, sagaOptional),
  SagaWithHistory: object({ ...saga, history: sagaHistory }, sagaOptional),
  AuditEvent: object(auditEvent),
  AuditEventWithData: object({ ...auditEvent, data: { type: 'object' }, hash: hex }),
  AuditProof: object({
    format: { const: 1 },
    workspace: text,
    entry: { type: 'object', description: 'The leaf of the workspace’s log; its RFC 8785 form is hashed' },
    index: whole,
    proof: base64s,
    head: object({
      entry: { type: 'object', description: 'The leaf of the origin’s log that holds the workspace’s head' },
      index: whole,
      proof: base64s,
    }),
    checkpoint: { ...text, description: 'The signed note of the origin’s log' },
  }),
  AuditExportAccepted: answerWith({ exportId: text, status: { const: 'accepted' } }),
  AuditExport: object(
    {
      exportId: text,
      status: { enum: ['accepted', 'running', 'completed', 'failed'] },
      from: position,
      to: position,
      requestedAt: instant,
      requestedBy: text,
      progress: counts(['leaves', 'of']),
      archive: object({ sha256: hex, bytes: whole }),
      first: whole,
      size: whole,
      root: hex,
      completedAt: instant,
      reason: text,
    },
    ['from', 'to', 'archive', 'first', 'size', 'root', 'completedAt', 'reason'],
  ),
  StateAsOf: object(
    {
      stream: text,
      revision: position,
      position,
      at: instant,
      events: whole,
      state: { description: 'The aggregate’s own' },
      computed: { const: 'from the events, by today’s code' },
    },
    ['revision', 'position', 'at'],
  ),
  Clock: object({ mode: { enum: ['system', 'manual'] }, now: instant }),
  Liveness: object({ live: { const: true } }),
  Readiness: object({ ready: { type: 'boolean' }, reasons: texts }),
  text,
};
