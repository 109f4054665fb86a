import { Long } from 'mongodb';
import type {
  BuildEntry,
  BuildProgress,
  ReadModelPointer,
} from '../../domain/kernel/ports/read-model-pointers.js';

type WithLongs<Fields> = {
  readonly [Name in keyof Fields]: Fields[Name] extends bigint ? Long : Fields[Name];
};
type StoredBuild = Omit<BuildEntry, 'progress' | 'failure'> & {
  readonly progress?: WithLongs<BuildProgress>;
  readonly failure?: WithLongs<NonNullable<BuildEntry['failure']>>;
};

/** A pointer as MongoDB holds it. */
export interface StoredPointer extends Omit<ReadModelPointer, 'name' | 'builds'> {
  readonly _id: string;
  readonly builds: readonly StoredBuild[];
}

export function toStoredPointer({ name, builds, ...rest }: ReadModelPointer): StoredPointer {
  return {
    _id: name,
    ...rest,
    builds: builds.map(({ progress, failure, ...build }) => ({
      ...build,
      ...(progress && {
        progress: {
          ...progress,
          position: Long.fromBigInt(progress.position),
          head: Long.fromBigInt(progress.head),
        },
      }),
      ...(failure && { failure: { ...failure, position: Long.fromBigInt(failure.position) } }),
    })),
  };
}

export function fromStoredPointer({ _id, builds, ...rest }: StoredPointer): ReadModelPointer {
  return {
    name: _id,
    ...rest,
    builds: builds.map(({ progress, failure, ...build }) => ({
      ...build,
      ...(progress && {
        progress: { ...progress, position: progress.position.toBigInt(), head: progress.head.toBigInt() },
      }),
      ...(failure && { failure: { ...failure, position: failure.position.toBigInt() } }),
    })),
  };
}
