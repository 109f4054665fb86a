import {
  crossReferenceEvents,
  type CrossReferenceEvent,
  type Instrument,
} from '../../domain/reconciliation/contract.js';
import { deleted, projection } from '../kernel/projection.js';

export interface ListedInstrument extends Instrument {
  /** Of the cross-reference, which brought it as it stands. */
  readonly version: number;
  readonly changedAt: string;
  readonly changedBy: string;
}

export const instruments = projection<ListedInstrument, CrossReferenceEvent>({
  name: 'instruments',
  version: 1,
  indexes: [['ticker'], ['isin'], ['cusip'], ['assetClass']],
  events: crossReferenceEvents,
  key: ({ type, data }) =>
    type === 'InstrumentsPut' ? data.instruments.map(({ instrumentId }) => instrumentId) : data.instrumentId,
  on: {
    InstrumentsPut: (_before, { data: { version, instruments: put }, at, actor }, id) => {
      const instrument = put.find(({ instrumentId }) => instrumentId === id);
      return instrument && { ...instrument, version, changedAt: at, changedBy: actor };
    },
    InstrumentRemoved: () => deleted,
  },
});
