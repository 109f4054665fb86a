import { AxionError, Unavailable, messageOf } from '../../../domain/kernel/errors.js';
import { ColumnStore } from '../../objects/columns.js';
import { FileObjectStore } from '../../objects/file-object-store.js';
import type {
  ComputationOutcome,
  ComputationReply,
  ComputationRequest,
  Computations,
  ComputationTools,
} from './computation.js';

/** Large columns leave their memory behind; a small one, some 80 MiB with all libraries, serves on. */
const mostResidentBytes = 192 * 2 ** 20;

/** The child's side: answers its parent's requests, one at a time, and ends with its parent. */
export function serveComputation(computations: Computations): void {
  let stores: Stores | undefined;
  process.once('disconnect', () => process.exit());
  process.on('message', (message) => {
    const request = message as ComputationRequest;
    stores ??= openStores(request.objectsDirectory);
    void compute(computations, request, stores).then((outcome) =>
      process.send?.({ ...outcome, isSpent: isSpent(outcome) } satisfies ComputationReply),
    );
  });
}

/** One parent names one directory. */
type Stores = Pick<ComputationTools, 'objects' | 'columns'>;

function openStores(directory: string): Stores {
  const objects = new FileObjectStore(directory);
  return { objects, columns: new ColumnStore(objects) };
}

async function compute(
  computations: Computations,
  request: ComputationRequest,
  stores: Stores,
): Promise<ComputationOutcome> {
  try {
    const computation = computations[request.name];
    if (!computation) throw new RangeError(`there is no computation ${request.name}`);
    const output = await computation(request.input, {
      ...stores,
      sources: request.sources,
      progress: (progress) => process.send?.({ kind: 'progress', progress } satisfies ComputationReply),
    });
    return { kind: 'output', output };
  } catch (error) {
    if (error instanceof Unavailable) return { kind: 'hindered', code: error.code, message: error.message };
    if (error instanceof AxionError)
      return { kind: 'refused', code: error.code, message: error.message, details: error.details };
    return { kind: 'failed', message: messageOf(error) };
  }
}

/** It has grown large, or nobody knows what state it is in. */
function isSpent({ kind }: ComputationOutcome): boolean {
  return kind === 'failed' || process.memoryUsage.rss() > mostResidentBytes;
}
