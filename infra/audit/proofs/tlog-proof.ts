import type { EventProof } from './event-proof.js';

/**
 * The same proof as a file of C2SP tlog-proof. What it proves by that format alone is the head of the workspace's log,
 * a leaf of the origin's; `extra` holds the rest as JSON: {workspace, entry, index, proof, head}.
 */
export function encodeTlogProof({ workspace, entry, index, proof, head, checkpoint }: EventProof): string {
  const extra = JSON.stringify({ workspace, entry, index, proof, head: head.entry });
  return [
    'c2sp.org/tlog-proof@v1',
    `extra ${Buffer.from(extra).toString('base64')}`,
    `index ${head.index}`,
    ...head.proof,
    '',
    checkpoint,
  ].join('\n');
}
