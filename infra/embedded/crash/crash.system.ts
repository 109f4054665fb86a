import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killNodes } from './kill-nodes.js';
import { programThatAnswersEarly } from './testing/program-that-answers-early.js';

/** Acknowledgements and not time, so that a busy machine changes nothing. */
const WHEN = { after: 'acknowledgements', between: [5, 80] } as const;

test('nodes that are killed under load lose nothing they acknowledged and keep nothing by halves', async () => {
  const result = await killNodes({ kills: 12, seed: 7, ...WHEN });
  expect(result).toMatchObject({ kills: 12, lost: 0, torn: 0, seed: 7 });
  expect(result.acks).toBeGreaterThan(50);
});

/** A busy machine kills late, when much of what was answered early is on the disk: then it takes some kills more. */
const SEEDS = [7, 8, 9, 10, 11] as const;

test('nodes that answer before they commit are found out', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'axion-early-'));
  const program = programThatAnswersEarly(directory);
  const found: string[] = [];
  const onProgress = (line: string): void => void found.push(line);
  const isFoundOut = (kind: string): boolean =>
    found.some((line) => line.startsWith(`${kind}, in`) && line.includes('acknowledged'));
  let lost = 0;
  for (const seed of SEEDS) {
    const options = { kills: 12, seed, ...WHEN, program, onProgress, folder: directory };
    lost += (await killNodes(options)).lost;
    if (isFoundOut('eventstore') && isFoundOut('mongo')) break;
  }
  rmSync(directory, { recursive: true, force: true });
  expect(lost).toBeGreaterThan(0);
  expect({ eventstore: isFoundOut('eventstore'), mongo: isFoundOut('mongo') }).toEqual({
    eventstore: true,
    mongo: true,
  });
});
