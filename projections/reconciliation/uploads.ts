import {
  uploadEvents,
  type BookSide,
  type OtherMessages,
  type StoredObject,
  type UploadEvent,
  type UploadWithdrawal,
} from '../../domain/reconciliation/contract.js';
import { projection } from '../kernel/projection.js';

export interface ListedUpload {
  readonly uploadId: string;
  readonly side: BookSide;
  readonly source: string;
  readonly sourceVersion: number;
  readonly sha256: string;
  readonly bytes: number;
  readonly rows: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly records: StoredObject;
  readonly rejects: StoredObject;
  /** Messages of a FIX log that are no rows, by type. */
  readonly otherMessages?: readonly OtherMessages[];
  readonly uploadedAt: string;
  readonly uploadedBy: string;
  readonly state: 'in-use' | 'withdrawn' | 'superseded';
  /** Of one that is out of use. */
  readonly withdrawal?: UploadWithdrawal & { readonly actor: string };
  /** How many runs have used it. */
  readonly runs: number;
}

export const uploads = projection<ListedUpload, UploadEvent>({
  name: 'uploads',
  version: 2,
  indexes: [['side'], ['source'], ['state']],
  events: uploadEvents,
  key: ({ data }) => data.uploadId,
  on: {
    UploadRecorded: (_before, { data, at, actor }) => ({
      ...data,
      uploadedAt: at,
      uploadedBy: actor,
      state: 'in-use',
      runs: 0,
    }),
    UploadUsed: (upload) => upload && { ...upload, runs: upload.runs + 1 },
    UploadWithdrawn: (upload, { data: { at, reason }, actor }) =>
      upload && { ...upload, state: 'withdrawn', withdrawal: { at, reason, actor } },
    UploadSuperseded: (upload, { data: { at, reason, by }, actor }) =>
      upload && { ...upload, state: 'superseded', withdrawal: { at, reason, by, actor } },
    UploadReinstated: (upload) => {
      if (!upload) return undefined;
      const { withdrawal: _withdrawal, ...kept } = upload;
      return { ...kept, state: 'in-use' };
    },
    RunsOutdated: (upload) => upload,
  },
});
