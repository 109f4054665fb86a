import { IsISO8601, Matches } from 'class-validator';

const utc = /^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?Z$/;

/** Sets the manual clock, forwards or backwards. */
export class SetClock {
  /** RFC 3339, UTC; digits beyond milliseconds are cut off. */
  @IsISO8601({ strict: true, strictSeparator: true })
  @Matches(utc, { message: '$property must be a time in UTC, such as 2024-06-12T20:00:00Z' })
  to!: string;
}

/** Makes the clock a manual one, at a time; nothing happens where it is one already. */
export class BeginManualClock {
  @Matches(utc) to!: string;
}
