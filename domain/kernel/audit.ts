/** What an entry of the audit trail is about. */
export const auditCategories = [
  'trading',
  'model',
  'data',
  'access',
  'billing',
  'configuration',
  'secret',
  'system',
] as const;
export type AuditCategory = (typeof auditCategories)[number];

/** How it ended: `denied` is refused to whoever asked, `failure` could not be done. */
export const auditOutcomes = ['success', 'failure', 'denied'] as const;
export type AuditOutcome = (typeof auditOutcomes)[number];

/**
 * How a context's events stand in the audit trail. All of it follows from an event's stream, type and data, which are
 * hashed; nothing from metadata that is not (docs/audit-chain.md).
 */
export interface AuditTable {
  /** By the category of the stream; each of the context's has one. */
  readonly categories: Readonly<Record<string, AuditCategory>>;
  /** By the type of the event; what is not named is a success. */
  readonly outcomes: Readonly<Record<string, AuditOutcome>>;
}
