import { decider } from '../../kernel/decider.js';
import { Rejected, invariant } from '../../kernel/errors.js';
import { RecordUpload, ReinstateUpload, SupersedeUpload, UseUpload, WithdrawUpload } from './commands.js';
import { uploadEvents, type UploadEvent, type UploadRecorded, type UploadWithdrawal } from './events.js';
import type { RunBook } from '../runs/events.js';

export interface Upload {
  readonly recorded: UploadRecorded | undefined;
  /** Of one that is out of use. */
  readonly withdrawal: UploadWithdrawal | undefined;
  /** The runs that have used it. */
  readonly runs: readonly string[];
}

/** So many runs fit into an event, and into what a saga makes of it. */
const runsInAnEvent = 1000;

/**
 * One file of one side, read by one version of its source's profile: the same again is the same upload. One that was
 * withdrawn or superseded is in no new run until it is reinstated, and the runs that have used it become stale.
 */
export const upload = decider<Upload, UploadEvent>()({
  category: 'upload',
  events: uploadEvents,
  commands: { RecordUpload, UseUpload, WithdrawUpload, SupersedeUpload, ReinstateUpload },
  id: (command) => ('upload' in command ? command.upload.uploadId : command.uploadId),
  initial: { recorded: undefined, withdrawal: undefined, runs: [] },

  decide: {
    RecordUpload: (command, before) => {
      // Whoever sends it once more believes that it is in use.
      if (before.withdrawal) throw outOfUse(command.upload.uploadId, before.withdrawal);
      if (before.recorded) return [];
      const { rows, accepted, rejected } = command.upload;
      invariant(rows === accepted + rejected, 'every row is accepted or rejected', {
        rows,
        accepted,
        rejected,
      });
      if (rows === 0) throw new Rejected('reconciliation.empty-upload', 'the file holds no rows');
      return [{ type: 'UploadRecorded', data: command.upload }];
    },

    UseUpload: ({ uploadId, runId }, { recorded, withdrawal, runs }) => {
      if (!recorded) throw unknownUpload(uploadId);
      if (runs.includes(runId)) return [];
      const used: UploadEvent = { type: 'UploadUsed', data: { uploadId, runId } };
      // It was withdrawn between the request of the run and now.
      return withdrawal ? [used, ...outdated(uploadId, withdrawal, [runId])] : [used];
    },

    WithdrawUpload: ({ uploadId, reason }, { recorded, withdrawal, runs }, { at }) => {
      if (!recorded) throw unknownUpload(uploadId);
      if (withdrawal?.by !== undefined) throw outOfUse(uploadId, withdrawal);
      if (withdrawal) return [];
      return [
        { type: 'UploadWithdrawn', data: { uploadId, at, reason } },
        ...outdated(uploadId, { at, reason }, runs),
      ];
    },

    SupersedeUpload: ({ uploadId, by, reason, replacement }, { recorded, withdrawal, runs }, { at }) => {
      if (!recorded) throw unknownUpload(uploadId);
      if (withdrawal?.by === by) return [];
      if (withdrawal) throw outOfUse(uploadId, withdrawal);
      if (by === uploadId)
        throw new Rejected('reconciliation.superseded-by-itself', `${uploadId} cannot take its own place`);
      if (replacement.side !== recorded.side)
        throw new Rejected('reconciliation.wrong-side', `upload ${by} is of the ${replacement.side} side`, {
          uploadId: by,
        });
      return [
        { type: 'UploadSuperseded', data: { uploadId, at, by, reason } },
        ...outdated(uploadId, { at, reason, by }, runs),
      ];
    },

    ReinstateUpload: ({ uploadId, reason }, { recorded, withdrawal }) => {
      if (!recorded) throw unknownUpload(uploadId);
      return withdrawal ? [{ type: 'UploadReinstated', data: { uploadId, reason } }] : [];
    },
  },

  evolve: {
    UploadRecorded: (before, { data }) => ({ ...before, recorded: data }),
    UploadUsed: (before, { data }) => ({ ...before, runs: [...before.runs, data.runId] }),
    UploadWithdrawn: (before, { data }) => ({ ...before, withdrawal: { at: data.at, reason: data.reason } }),
    UploadSuperseded: (before, { data }) => ({
      ...before,
      withdrawal: { at: data.at, reason: data.reason, by: data.by },
    }),
    UploadReinstated: (before) => ({ ...before, withdrawal: undefined }),
    RunsOutdated: (before) => before,
  },
});

/**
 * What a run takes of an upload.
 *
 * @throws Rejected `reconciliation.unknown-upload`, `reconciliation.upload-withdrawn`, `reconciliation.upload-superseded`
 */
export function bookOf(uploadId: string, { recorded, withdrawal }: Omit<Upload, 'runs'>): RunBook {
  if (!recorded) throw unknownUpload(uploadId);
  if (withdrawal) throw outOfUse(uploadId, withdrawal);
  const { side, source, records, timeResolution } = recorded;
  return { uploadId, side, source, records, timeResolution };
}

function outdated(
  uploadId: string,
  withdrawal: UploadWithdrawal,
  runs: readonly string[],
): readonly UploadEvent[] {
  const parts: UploadEvent[] = [];
  for (let first = 0; first < runs.length; first += runsInAnEvent)
    parts.push({
      type: 'RunsOutdated',
      data: { uploadId, withdrawal, runs: runs.slice(first, first + runsInAnEvent) },
    });
  return parts;
}

function unknownUpload(uploadId: string): Rejected {
  return new Rejected('reconciliation.unknown-upload', `there is no upload ${uploadId}`, { uploadId });
}

function outOfUse(uploadId: string, { at, reason, by }: UploadWithdrawal): Rejected {
  return by === undefined
    ? new Rejected(
        'reconciliation.upload-withdrawn',
        `upload ${uploadId} was withdrawn at ${at} (${reason}): it can be reinstated, or a corrected file be sent`,
        { uploadId, at, reason },
      )
    : new Rejected(
        'reconciliation.upload-superseded',
        `upload ${uploadId} was superseded by ${by} at ${at} (${reason}); it can be reinstated`,
        { uploadId, at, reason, by },
      );
}
