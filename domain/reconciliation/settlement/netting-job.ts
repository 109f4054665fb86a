import type { Job } from '../../kernel/job.js';
import { partsOf } from '../parts.js';
import {
  CompleteNetting,
  FailNetting,
  InterruptNetting,
  RecordSettlements,
  StartNetting,
} from './commands.js';
import { nettingEvents, type NettingEvent } from './events.js';
import type { NettingResult } from './netting.js';

/** The computation behind the settlements of a run: matched trades in, net settlements out. */
export const nettingJob: Job<NettingEvent, NettingResult> = {
  name: 'net-settlements',
  events: nettingEvents,
  requested: 'NettingRequested',
  finished: ['NettingCompleted', 'NettingFailed'],
  id: ({ data }) => data.runId,
  started: (runId) => Object.assign(new StartNetting(), { runId }),
  interrupted: (runId) => Object.assign(new InterruptNetting(), { runId }),
  completed: (runId, { settlements, leftOut }) => [
    ...partsOf(settlements).map(({ first, items }) =>
      Object.assign(new RecordSettlements(), { runId, first, settlements: items }),
    ),
    Object.assign(new CompleteNetting(), { runId, count: settlements.length, leftOut }),
  ],
  failed: (runId, reason) => Object.assign(new FailNetting(), { runId, reason }),
};
