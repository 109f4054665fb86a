import type { JsonSchema } from './json-schema.js';

export const text: JsonSchema = { type: 'string' };
export const whole: JsonSchema = { type: 'integer', minimum: 0 };
export const instant: JsonSchema = { type: 'string', format: 'date-time' };
export const texts: JsonSchema = { type: 'array', items: text };

export function object(
  properties: Readonly<Record<string, JsonSchema>>,
  optional: readonly string[] = [],
): JsonSchema {
  return {
    type: 'object',
    properties,
    required: Object.keys(properties).filter((name) => !optional.includes(name)),
  };
}

export function counts(names: readonly string[]): JsonSchema {
  return object(Object.fromEntries(names.map((name) => [name, whole])));
}

export const position: JsonSchema = {
  type: 'string',
  pattern: '^\\d+$',
  description: '64 bits, as a decimal string',
};

/** Where the command's last event stands. Of an empty stream only `stream` is known. */
export const answer = {
  stream: text,
  revision: position,
  position,
  hash: { type: 'string', pattern: '^[0-9a-f]{64}$' },
  receipt: { ...text, description: 'All of it, signed: a signed note (docs/audit-chain.md)' },
  proof: { ...text, description: 'With `Prefer: wait=sealed`: a C2SP tlog-proof of the event' },
};
export const answerOptional = ['revision', 'position', 'hash', 'receipt', 'proof'];

export function answerWith(
  properties: Readonly<Record<string, JsonSchema>>,
  optional: readonly string[] = [],
): JsonSchema {
  return object({ ...properties, ...answer }, [...optional, ...answerOptional]);
}

export const decimal: JsonSchema = { type: 'string', pattern: '^-?[0-9]+([.][0-9]+)?$' };

export const sagaHistory: JsonSchema = {
  type: 'array',
  items: object({ revision: position, type: text, at: instant, actor: text, data: { type: 'object' } }),
};

/** What is proposed by one person and approved by another, with what its versions say. */
export function versionsOf(content: Readonly<Record<string, JsonSchema>>, current: string): JsonSchema {
  const version = object(
    {
      version: whole,
      state: { enum: ['proposed', 'approved', 'retired'] },
      ...content,
      proposedBy: text,
      proposedAt: instant,
      approvedBy: text,
      approvedAt: instant,
      retiredBy: text,
      retiredAt: instant,
      reason: { ...text, description: 'Why it was retired' },
    },
    ['approvedBy', 'approvedAt', 'retiredBy', 'retiredAt', 'reason'],
  );
  return object(
    {
      name: text,
      current: { ...whole, description: current },
      versions: { type: 'array', items: version },
    },
    ['current'],
  );
}

export const storedObject: JsonSchema = object({
  sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' },
  bytes: whole,
  rows: whole,
});

export const hex: JsonSchema = { type: 'string', pattern: '^[0-9a-f]{64}$' };
