import type { FastifyRequest } from 'fastify';

/** Does work for a request, and tells it when nobody waits for the answer any longer: the connection is gone. */
export async function whileConnected<Result>(
  { raw: { socket } }: FastifyRequest,
  work: (givenUp: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const giveUp = (): void => controller.abort();
  if (socket.destroyed) giveUp();
  socket.once('close', giveUp);
  try {
    return await work(controller.signal);
  } finally {
    socket.off('close', giveUp);
  }
}
