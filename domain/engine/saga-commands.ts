import { IsBoolean, IsOptional, IsString, Length, Matches } from 'class-validator';
import { FilledIn } from '../kernel/command.js';
import type { ErrorDetails } from '../kernel/errors.js';
import type { AnyEvent, Recorded } from '../kernel/event.js';
import type { InputReference, StepReference } from './saga-events.js';

/** Which instance of which saga a command speaks of. */
export abstract class ToSaga {
  @Matches(/^[a-z][a-zA-Z0-9]{0,62}$/) saga!: string;
  @Matches(/^[\x21-\x7e]{1,190}$/) instance!: string;
}

/** An input of the saga was read from the log. */
export class HandleEvent extends ToSaga {
  @FilledIn() event!: Recorded<AnyEvent>;
  /** It comes behind later ones, since it could not be handed to the instance in its turn. */
  @FilledIn() late?: boolean | undefined;
}

/** An input that had to wait has its turn. */
export class HandleHeldEvent extends ToSaga {
  @FilledIn() event!: Recorded<AnyEvent>;
}

export class FireTimer extends ToSaga {
  @FilledIn() name!: string;
  /** As it is in the instance: of a timer that was moved meanwhile nothing fires. */
  @FilledIn() due!: string;
  /** The saga has handled everything up to this position (rule S3); undefined for an empty log. */
  @FilledIn() appliedTo?: bigint | undefined;
}

export type StepAnswer =
  | { readonly kind: 'accepted'; readonly position: string | null }
  | {
      readonly kind: 'refused';
      readonly code: string;
      readonly message: string;
      readonly details: ErrorDetails;
    }
  /** It may or may not have been carried out. */
  | { readonly kind: 'unanswered'; readonly attempt: number; readonly reason: string };

export class RecordAnswer extends ToSaga {
  @FilledIn() step!: StepReference;
  @FilledIn() answer!: StepAnswer;
}

/** The instance cannot go on: what should be stored cannot be, for one. */
export class ParkSaga extends ToSaga {
  @FilledIn() reason!: string;
  /** What it could not handle; it is held. */
  @FilledIn() input?: InputReference | undefined;
}

/** Sets a parked instance going again where it stopped. */
export class RetrySaga extends ToSaga {
  @IsString() @Length(1, 1000) reason!: string;
}

/** Ends an instance by hand. */
export class CancelSaga extends ToSaga {
  @IsString() @Length(1, 1000) reason!: string;
  /** Undo what was done, in reverse order; so unless told otherwise. */
  @IsOptional() @IsBoolean() compensate?: boolean;
}
