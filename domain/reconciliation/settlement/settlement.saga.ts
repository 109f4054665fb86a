import { saga } from '../../kernel/saga.js';
import { CloseSettlement, InstructSettlement, OpenSettlement, SettleSettlement } from './commands.js';
import { nettingEvents, settlementEvents, type NettingEvent, type SettlementEvent } from './events.js';

type Input =
  | Extract<NettingEvent, { type: 'SettlementsNetted' }>
  | Extract<SettlementEvent, { type: 'SettlementOpened' | 'SettlementSettled' | 'SettlementFailed' }>;

/** When to wake; empty until the settlement is opened. */
interface Waiting {
  readonly [field: string]: string;
  readonly opensAt: string;
  readonly cutOffAt: string;
}

/**
 * Opens and instructs a settlement, wakes on its date and at its cut-off. What settles and what fails then, the
 * settlement decides. One that is late is left to people.
 */
export const settlementSaga = saga<Waiting, Input>()({
  name: 'settlement',
  inputs: {
    SettlementsNetted: nettingEvents.SettlementsNetted,
    SettlementOpened: settlementEvents.SettlementOpened,
    SettlementSettled: settlementEvents.SettlementSettled,
    SettlementFailed: settlementEvents.SettlementFailed,
  },
  commands: { OpenSettlement, InstructSettlement, SettleSettlement, CloseSettlement },
  initial: { opensAt: '', cutOffAt: '' },
  id: ({ type, data }) =>
    type === 'SettlementsNetted'
      ? data.settlements.map(({ settlementId }) => settlementId)
      : data.settlementId,

  on: {
    SettlementsNetted: (state, { data: { runId, settlements } }, settlementId) => {
      const netted = settlements.find((one) => one.settlementId === settlementId);
      if (!netted) return undefined;
      const terms = { ...netted, runId };
      return { state, steps: [{ command: Object.assign(new OpenSettlement(), { settlementId, terms }) }] };
    },

    SettlementOpened: (_state, { data: { late, opensAt, cutOffAt } }, settlementId) => {
      const steps = [{ command: Object.assign(new InstructSettlement(), { settlementId }) }];
      const state = { opensAt, cutOffAt };
      if (late) return { state, steps, ended: true };
      const timers = [
        { name: 'settlementDate', due: opensAt },
        { name: 'cutOff', due: cutOffAt },
      ] as const;
      return { state, steps, timers };
    },

    SettlementSettled: (state, { data: { open } }) =>
      open.quantity === '0' && open.amount === '0'
        ? { state, cancelledTimers: ['settlementDate', 'cutOff'], ended: true }
        : undefined,

    SettlementFailed: (state) => ({ state, cancelledTimers: ['settlementDate'], ended: true }),
  },

  timers: {
    settlementDate: (state, _fired, settlementId) => ({
      state,
      steps: [{ command: Object.assign(new SettleSettlement(), { settlementId }) }],
    }),
    cutOff: (state, _fired, settlementId) => ({
      state,
      steps: [{ command: Object.assign(new CloseSettlement(), { settlementId }) }],
    }),
  },

  /** Nothing is refused but what comes too early, after a clock was set back: it is waited for again. */
  refused: (state, { command }) => ({
    state,
    timers:
      command === CloseSettlement.name
        ? [{ name: 'cutOff', due: state.cutOffAt }]
        : command === SettleSettlement.name
          ? [{ name: 'settlementDate', due: state.opensAt }]
          : [],
  }),
});
