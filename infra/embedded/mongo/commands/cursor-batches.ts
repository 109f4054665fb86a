import { type Engine } from '../engine.js';
import { type DocumentStream, ServerCursor } from '../query/cursors.js';
import { type Command } from './command.js';
import { sessionOf } from './concerns.js';
import { cursorReply } from './replies.js';

export const DEFAULT_BATCH = 101;

export interface CursorRequest {
  readonly namespace: string;
  readonly batchSize: number;
  readonly single: boolean;
  readonly neverTimesOut: boolean;
}

export function deadlineOf(command: Command): number {
  const limit = command.arguments.count('maxTimeMS') ?? 0;
  return limit === 0 ? Infinity : Date.now() + limit;
}

/** Answers with the first batch and keeps what is left for getMore. */
export async function firstBatch(
  command: Command,
  engine: Engine,
  stream: DocumentStream,
  request: CursorRequest,
): Promise<Buffer> {
  const session = sessionOf(command.arguments)?.toString('hex');
  const cursor = new ServerCursor(request.namespace, session, request.neverTimesOut, stream);
  const { documents, exhausted } = await cursor.next(request.batchSize, deadlineOf(command));
  const finished = request.single || (exhausted && request.batchSize > 0);
  if (finished) cursor.close();
  const id = finished ? 0n : engine.cursors.add(cursor);
  return cursorReply('firstBatch', request.namespace, id, documents);
}
