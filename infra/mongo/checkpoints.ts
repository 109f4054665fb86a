import { Long, type Collection, type Document } from 'mongodb';
import { codeOf } from '../../domain/kernel/errors.js';
import type { Checkpoint } from '../../domain/kernel/ports/read-model-store.js';
import { duplicateKey, durable } from './document-writes.js';

export interface StoredCheckpoint extends Document {
  /** `<collection>/<lanes>/<lane>` */
  readonly _id: string;
  readonly model: string;
  readonly lane: number;
  readonly lanes: number;
  /** Absent while a lane is fenced and was never saved. */
  readonly position?: Long;
  readonly token?: Long;
}

type Checkpoints = Collection<StoredCheckpoint>;

export async function readCheckpoints(checkpoints: Checkpoints, model: string): Promise<Checkpoint[]> {
  const found = await checkpoints.find({ model }).toArray();
  return found.flatMap(({ lane, lanes, position, token }) =>
    position
      ? [{ lane, lanes, position: position.toBigInt(), ...(token && { token: token.toBigInt() }) }]
      : [],
  );
}

/** @returns false when the lane is fenced by a greater token */
export async function moveCheckpoint(
  checkpoints: Checkpoints,
  model: string,
  { lane, lanes, position, token }: Checkpoint,
): Promise<boolean> {
  const _id = `${model}/${lanes}/${lane}`;
  const value = Long.fromBigInt(position);
  return upserted(
    checkpoints,
    { _id, position: { $not: { $gte: value } }, ...notFencedBy(token) },
    { model, lane, lanes, position: value, ...(token !== undefined && { token: Long.fromBigInt(token) }) },
    // It is there: already as far or further, where it moves only forwards, or fenced.
    async () => token === undefined || !((await checkpoints.findOne({ _id, ...fencedBy(token) })) !== null),
  );
}

/** @returns false when the lane is fenced by a greater token */
export async function fenceCheckpoint(
  checkpoints: Checkpoints,
  model: string,
  { lane, lanes, token }: Required<Pick<Checkpoint, 'lane' | 'lanes' | 'token'>>,
): Promise<boolean> {
  return upserted(
    checkpoints,
    { _id: `${model}/${lanes}/${lane}`, ...notFencedBy(token) },
    { model, lane, lanes, token: Long.fromBigInt(token) },
    () => Promise.resolve(false),
  );
}

function fencedBy(token: bigint) {
  return { token: { $gt: Long.fromBigInt(token) } };
}

function notFencedBy(token: bigint | undefined) {
  return token === undefined ? {} : { token: { $not: { $gt: Long.fromBigInt(token) } } };
}

async function upserted(
  checkpoints: Checkpoints,
  filter: Parameters<Checkpoints['updateOne']>[0],
  fields: Partial<StoredCheckpoint>,
  otherwise: () => Promise<boolean>,
): Promise<boolean> {
  const update = (upsert: boolean) =>
    checkpoints.updateOne(filter, { $set: fields }, { upsert, writeConcern: durable });
  try {
    await update(true);
    return true;
  } catch (error) {
    if (codeOf(error) !== duplicateKey) throw error;
    // The key may be taken by an insert that was faster and is behind.
    return (await update(false)).matchedCount === 1 || otherwise();
  }
}
