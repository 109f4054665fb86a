import {
  uploadEvents,
  type BookSide,
  type StoredObject,
  type UploadEvent,
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
  readonly uploadedAt: string;
  readonly uploadedBy: string;
}

export const uploads = projection<ListedUpload, UploadEvent>({
  name: 'uploads',
  version: 1,
  indexes: [['side'], ['source']],
  events: uploadEvents,
  key: ({ data }) => data.uploadId,
  on: {
    UploadRecorded: (_before, { data, at, actor }) => ({ ...data, uploadedAt: at, uploadedBy: actor }),
  },
});
