import type { JsonSchema } from './json-schema.js';
import { breakTypes, matchTypes } from '../../../domain/reconciliation/matching/result.js';

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
};
const answerOptional = ['revision', 'position', 'hash'];

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

const run = {
  runId: text,
  status: { enum: ['accepted', 'running', 'completed', 'failed'] },
  tradeDate: { type: 'string', format: 'date' },
  internal: texts,
  broker: texts,
  tolerances: { type: 'object' },
  requestedAt: instant,
  requestedBy: text,
  attempts: whole,
  counts: reconciliationCounts,
  completedAt: instant,
  reason: text,
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
  Run: object(run, ['counts', 'completedAt', 'reason']),
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
    ['reason'],
  ),
  Liveness: object({ live: { const: true } }),
  Readiness: object({ ready: { type: 'boolean' }, reasons: texts }),
  text,
};
