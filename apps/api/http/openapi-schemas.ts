import { sagaStatuses } from '../engine/saga-statuses.js';
import { auditCategories, auditOutcomes } from '../../../domain/kernel/audit.js';
import { settlementStates } from '../../../domain/reconciliation/settlement/states.js';
import { breakSchemas } from './break-schemas.js';
import type { JsonSchema } from './json-schema.js';
import { runSchemas } from './run-schemas.js';
import {
  text,
  whole,
  instant,
  texts,
  object,
  counts,
  position,
  answerWith,
  decimal,
  sagaHistory,
  hex,
} from './schema-parts.js';

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
  ...runSchemas,
  ...breakSchemas,
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
  AuditStatus: object({
    size: { ...whole, description: 'Leaves of the origin’s log; 0 when nothing was sealed yet' },
    incident: {
      anyOf: [object({ at: instant }), { type: 'null' }],
      description: 'Since when the log does not agree with itself, and nothing is sealed any more',
    },
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
  Readiness: object({ ready: { type: 'boolean' }, reasons: texts, warnings: texts }),
  text,
};
