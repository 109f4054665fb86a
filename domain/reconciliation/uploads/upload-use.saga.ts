import { saga } from '../../kernel/saga.js';
import { MarkRunStale } from '../runs/commands.js';
import { UseUpload } from './commands.js';
import { runEvents, type RunEvent } from '../runs/events.js';
import { uploadEvents, type UploadEvent } from './events.js';

type Input = Extract<RunEvent, { type: 'RunRequested' }> | Extract<UploadEvent, { type: 'RunsOutdated' }>;

type Nothing = Readonly<Record<string, never>>;

/**
 * Keeps uploads and the runs that use them in step: tells each upload of a run that it is used, and each run of an
 * upload that it is out of use. Which came first does not matter: an upload that was withdrawn before it is told of a
 * run answers with that run. An instance is one event, and ends with its answer.
 */
export const uploadUseSaga = saga<Nothing, Input>()({
  name: 'uploadUse',
  inputs: { RunRequested: runEvents.RunRequested, RunsOutdated: uploadEvents.RunsOutdated },
  commands: { UseUpload, MarkRunStale },
  initial: {},
  id: (event) => (event.type === 'RunRequested' ? event.data.runId : event.id),
  on: {
    RunRequested: (state, { data: { runId, internal, broker } }) => ({
      state,
      steps: [...internal, ...broker].map(({ uploadId }) => ({
        command: Object.assign(new UseUpload(), { uploadId, runId }),
      })),
      ended: true,
    }),
    RunsOutdated: (state, { data: { uploadId, withdrawal, runs } }) => ({
      state,
      steps: runs.map((runId) => ({
        command: Object.assign(new MarkRunStale(), { runId, uploadId, withdrawal }),
      })),
      ended: true,
    }),
  },
  timers: {},
  // What was refused is undone by nothing, and the rest is as true as before.
  refused: (state) => ({ state, ended: true }),
});
