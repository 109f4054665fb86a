import { decider } from '../kernel/decider.js';
import { Rejected, invariant } from '../kernel/errors.js';
import { RecordUpload } from './commands.js';
import { uploadEvents, type RunBook, type UploadEvent, type UploadRecorded } from './events.js';

export interface Upload {
  readonly recorded: UploadRecorded | undefined;
}

/** One file of one side, read by one version of its source's profile: the same again is the same upload. */
export const upload = decider<Upload, UploadEvent>()({
  category: 'upload',
  events: uploadEvents,
  commands: { RecordUpload },
  id: (command) => command.upload.uploadId,
  initial: { recorded: undefined },

  decide: {
    RecordUpload: (command, { recorded }) => {
      if (recorded) return [];
      const { rows, accepted, rejected } = command.upload;
      invariant(rows === accepted + rejected, 'every row is accepted or rejected', {
        rows,
        accepted,
        rejected,
      });
      if (rows === 0) throw new Rejected('reconciliation.empty-upload', 'the file holds no rows');
      return [{ type: 'UploadRecorded', data: command.upload }];
    },
  },

  evolve: {
    UploadRecorded: (_before, { data }) => ({ recorded: data }),
  },
});

/** @throws Rejected `reconciliation.unknown-upload` */
export function bookOf(uploadId: string, { recorded }: Upload): RunBook {
  if (!recorded)
    throw new Rejected('reconciliation.unknown-upload', `there is no upload ${uploadId}`, { uploadId });
  const { side, records, timeResolution } = recorded;
  return { uploadId, side, records, timeResolution };
}
