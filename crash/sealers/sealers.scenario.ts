import { sealingPointNames } from '../../infra/system/crash-points.js';
import { crashSealers } from './crash-sealers.js';

/** `npm run crash:sealers` goes on for longer. */
const rounds = 2;

test('two sealers at once, stopped and killed at every step, make one history', async () => {
  const said: string[] = [];
  const say = (line: string): void => void said.push(line);
  const result = await crashSealers({ rounds, seed: 7, keep: false, controls: true, say });
  expect(said.filter((line) => /^(twoRoots|stuck|falseIncident):/.test(line))).toEqual([]);
  expect(result).toMatchObject({
    violations: { twoRoots: 0, stuck: 0, falseIncident: 0 },
    controls: { twoRoots: true, stuck: true, falseIncident: true },
  });
  expect(Object.keys(result.steps)).toEqual(expect.arrayContaining([...sealingPointNames]));
  expect(result.stops).toBeGreaterThan(rounds * 5);
  expect(result.kills).toBeGreaterThan(rounds * 5);
  expect(result.sealed).toBeGreaterThan(result.kills);
}, 600_000);
