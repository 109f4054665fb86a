import { AxionError, messageOf } from '../../../domain/kernel/errors.js';
import { ColumnStore } from '../../objects/columns.js';
import { FileObjectStore } from '../../objects/file-object-store.js';
import type { ComputationReply, ComputationRequest, Computations } from './computation.js';

/** The child's side: takes one request from its parent, answers it, and ends; ends with its parent, too. */
export function serveComputation(computations: Computations): void {
  process.once('disconnect', () => process.exit());
  process.once('message', (message) => {
    void compute(computations, message as ComputationRequest).then((reply) => {
      process.send?.(reply, () => process.disconnect());
    });
  });
}

async function compute(computations: Computations, request: ComputationRequest): Promise<ComputationReply> {
  try {
    const computation = computations[request.name];
    if (!computation) throw new RangeError(`there is no computation ${request.name}`);
    const objects = new FileObjectStore(request.objectsDirectory);
    const output = await computation(request.input, {
      objects,
      columns: new ColumnStore(objects),
      sources: request.sources,
      progress: (progress) => process.send?.({ kind: 'progress', progress } satisfies ComputationReply),
    });
    return { kind: 'output', output };
  } catch (error) {
    if (error instanceof AxionError)
      return { kind: 'refused', code: error.code, message: error.message, details: error.details };
    return { kind: 'failed', message: messageOf(error) };
  }
}
