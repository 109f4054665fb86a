import { IsString, Length } from 'class-validator';
import { FilledIn } from '../../kernel/command.js';
import { IsToleranceAmount, type ToleranceAmount } from '../command-rules.js';
import type { LeftOut, NetSettlement, SettlementTerms } from './events.js';

/** One that was given up goes on behind the settlements that it had recorded. */
export class RetryNetting {
  @IsString() @Length(1, 200) runId!: string;
}

/** The commands down to `FailNetting` are sent by the job that nets a run. */
export class StartNetting {
  @FilledIn() runId!: string;
}

export class InterruptNetting {
  @FilledIn() runId!: string;
}

export class RecordSettlements {
  @FilledIn() runId!: string;
  /** Ordinal of the first of them within the run. */
  @FilledIn() first!: number;
  @FilledIn() settlements!: readonly NetSettlement[];
}

export class CompleteNetting {
  @FilledIn() runId!: string;
  @FilledIn() count!: number;
  @FilledIn() leftOut!: readonly LeftOut[];
}

export class FailNetting {
  @FilledIn() runId!: string;
  @FilledIn() reason!: string;
}

/** The counterparty agrees to a quantity, beside what it agreed to before. */
export class AffirmSettlement {
  @IsString() @Length(1, 200) settlementId!: string;
  /** A decimal above zero, whichever way the settlement goes; 0 affirms one of money alone as a whole. */
  @IsToleranceAmount() quantity!: ToleranceAmount;
}

/** The commands below are sent by the settlement's saga. */
export class OpenSettlement {
  @FilledIn() settlementId!: string;
  @FilledIn() terms!: SettlementTerms;
}

export class InstructSettlement {
  @FilledIn() settlementId!: string;
}

/** On the settlement date: what is affirmed by then settles. */
export class SettleSettlement {
  @FilledIn() settlementId!: string;
}

/** At the cut-off: what is affirmed settles, the rest fails. */
export class CloseSettlement {
  @FilledIn() settlementId!: string;
}
