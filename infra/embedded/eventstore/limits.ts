/** How much a node takes. */
export interface NodeLimits {
  /** How many bytes of data one append may hold; 1 to `maxMessageSize`; the server's default is 1 MiB. */
  readonly maxAppendSize: number;
  /** How many bytes one message from a client may have; 1 KiB to 16 MiB, which clients can read back. */
  readonly maxMessageSize: number;
  /** Milliseconds a commit may take before the process is ended; 1 to 2^31 - 1. */
  readonly commitTimeoutMs: number;
  /** How many bytes of the disk are left free: a commit that would need them is refused; 0 or more. */
  readonly reservedDiskBytes: number;
}

const KIBIBYTE = 1024;
const MEBIBYTE = 1024 * KIBIBYTE;
/** The longest a timer can wait. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

export const DEFAULT_LIMITS: NodeLimits = {
  maxAppendSize: MEBIBYTE,
  maxMessageSize: 16 * MEBIBYTE,
  commitTimeoutMs: 5000,
  reservedDiskBytes: 4 * MEBIBYTE,
};

/** Limits that cannot be used; the message names each. */
export class BadLimits extends Error {
  override readonly name = 'BadLimits';
  readonly code = 'BAD_LIMITS';

  constructor(readonly problems: readonly string[]) {
    super(`the embedded event store cannot use these limits: ${problems.join('; ')}`);
  }
}

/** Limits as somebody asks for them. */
export type AskedLimits = { readonly [Name in keyof NodeLimits]?: number | undefined };

/**
 * Completes the limits with the defaults.
 *
 * @param names what the limits are called where they were asked for; their own names unless told
 * @throws BadLimits naming every limit that cannot be used, and its range
 */
export function requireLimits(
  asked: AskedLimits,
  names: Partial<Record<keyof NodeLimits, string>> = {},
): NodeLimits {
  const problems: string[] = [];
  const within = (name: keyof NodeLimits, least: number, most: number): number => {
    const value = asked[name] ?? DEFAULT_LIMITS[name];
    if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
    problems.push(`${names[name] ?? name} must be a whole number from ${least} to ${most}`);
    return DEFAULT_LIMITS[name];
  };
  const maxMessageSize = within('maxMessageSize', KIBIBYTE, 16 * MEBIBYTE);
  const limits: NodeLimits = {
    maxMessageSize,
    maxAppendSize: within('maxAppendSize', 1, maxMessageSize),
    commitTimeoutMs: within('commitTimeoutMs', 1, LONGEST_TIMEOUT),
    reservedDiskBytes: within('reservedDiskBytes', 0, Number.MAX_SAFE_INTEGER),
  };
  if (problems.length > 0) throw new BadLimits(problems);
  return limits;
}
