import { projections } from '../../apps/config/contexts.js';
import { verifyStores } from '../../apps/cli/verify.js';
import { replayStores } from '../../apps/cli/replay.js';
import type { Axion } from './axion.js';
import type { Reply } from './http-client.js';
import { matching } from './matchers.js';

export interface ExpectedProblem {
  readonly status: number;
  readonly code: string;
  /** What the detail, or one of the problems listed beside it, must say. */
  readonly says?: RegExp;
}

/** A problem document (RFC 9457) that says what is wrong, in words and with a stable code. */
export function expectProblem(
  reply: Pick<Reply, 'status' | 'headers' | 'body' | 'text'>,
  { status, code, says = /./ }: ExpectedProblem,
): void {
  expect({ status: reply.status, body: reply.body }).toMatchObject({
    status,
    body: { status, code, type: `urn:axion:problem:${code}` },
  });
  expect(reply.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(reply.body).toMatchObject({ title: matching(/./), detail: matching(/./) });
  expect(reply.text).toMatch(says);
  expect(reply.text).not.toMatch(/node_modules|\.(?:ts|js):\d+/);
}

/** Every link of the log holds, and every read model is what a replay of the log makes of it. */
export async function expectItHolds(axion: Axion): Promise<void> {
  const { links, replay } = await axion.stores(async (opened) => ({
    links: await verifyStores(opened),
    replay: await replayStores(opened, projections),
  }));
  // On a server that others use too, only what could be ours says something.
  const ours = axion.configuration.eventStoreUrl === undefined ? /^/ : /-ws-[0-9a-f]{12}\./;
  expect(links.violations.filter(({ stream }) => ours.test(stream))).toEqual([]);
  expect(links.events).toBeGreaterThan(0);
  expect(replay.filter(({ drift }) => drift.length > 0)).toEqual([]);
}
