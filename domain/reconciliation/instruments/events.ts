import { event, type EventOf } from '../../kernel/event.js';

/** What an instrument is called; of its identifiers there is at least one. */
export interface Instrument {
  /** The workspace's own name for it. */
  readonly instrumentId: string;
  readonly ticker?: string;
  readonly isin?: string;
  readonly cusip?: string;
  /** For example `equity`, `bond`, `future`: what tolerances may be overridden by. */
  readonly assetClass?: string;
}

/** `version` is of the whole cross-reference, from 1: each event makes the next one. */
export const crossReferenceEvents = {
  /** New ones, and ones that are other than before. */
  InstrumentsPut: event<{ version: number; instruments: readonly Instrument[] }>(),
  InstrumentRemoved: event<{ version: number; instrumentId: string }>(),
};
export type CrossReferenceEvent = EventOf<typeof crossReferenceEvents>;
