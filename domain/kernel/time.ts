/** Time is a port: domain code never reads a clock. */
export interface Clock {
  /**
   * RFC 3339, UTC, milliseconds. It may have been set, even backwards: for durations there are other clocks.
   *
   * @throws Unavailable when the clock stands in a log that does not answer
   */
  now(): Promise<string>;
}

/** Where new ids come from. */
export interface IdSource {
  /** A UUIDv7 (RFC 9562): sorts by the time it was made. */
  next(): string;
  /** 128 random bits as lower-case hex. */
  salt(): string;
}
