import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { table } from '../apps/cli/terminal.js';
import type { AttackName } from './attack.js';
import { runHonest } from './honest/run-honest.js';
import { attacks } from './made/all-attacks.js';
import { runAttack, runUnharmed, type Outcome } from './run-attack.js';
import { makeHonestWorld } from './world/honest-world.js';

const { values } = parseArgs({
  options: {
    honest: { type: 'string', default: '5000' },
    kills: { type: 'string', default: '4' },
    seed: { type: 'string', default: '1' },
  },
});

const root = mkdtempSync(join(tmpdir(), 'axion-attacks-'));
try {
  process.exitCode = (await main()) ? 0 : 1;
} finally {
  rmSync(root, { recursive: true, force: true });
}

async function main(): Promise<boolean> {
  const honest = await makeHonestWorld(join(root, 'world'));
  const alarms = [...(await runUnharmed(honest))];
  const outcomes: Outcome[] = [];
  for (const attack of attacks) outcomes.push(await runAttack(honest, attack));
  console.log(table([['attack', 'found by', 'names'], ...outcomes.map(row)]));
  for (const outcome of outcomes.filter(({ verdict }) => verdict === 'missed')) console.log(missed(outcome));
  const run = await runHonest(join(root, 'honest'), {
    events: numberOf(values.honest, 'honest'),
    kills: numberOf(values.kills, 'kills'),
    seed: numberOf(values.seed, 'seed'),
    say: (line) => void process.stderr.write(`honest: ${line}\n`),
  });
  alarms.push(...run.alarms);
  console.log(
    `\nhonest: ${run.events.toLocaleString('en-US')} events, ${run.kills} kills, ${run.restarts} restarts, ${run.rotations} rotations, ${run.receipts} receipts checked, ${run.leaves} leaves in the origin's log; ${run.eventsPerSecond.toLocaleString('en-US')} events/s while they were written, ${run.seconds} s in all`,
  );
  for (const { by, says, place } of alarms)
    console.log(`FALSE ALARM by ${by}: ${says}${place ? ` (${place.stream} ${place.revision})` : ''}`);
  const verdicts = Object.fromEntries(
    outcomes.map(({ attack, verdict }): [AttackName, string] => [attack.name, verdict]),
  );
  console.log(
    JSON.stringify({
      attacks: verdicts,
      falseAlarms: alarms.length,
      honest: run.events,
      honestPerSecond: run.eventsPerSecond,
      honestSeconds: run.seconds,
    }),
  );
  return alarms.length === 0 && outcomes.every(({ verdict }) => verdict === 'found');
}

function row({ attack, findings, named, onExport, verdict }: Outcome): readonly string[] {
  const finders = [...new Set(findings.map(({ by }) => by))];
  const all = [...finders, ...(onExport?.length ? ['changed export'] : [])].join(', ');
  const at = named?.place
    ? `${named.place.stream}, revision ${named.place.revision}, position ${named.place.position}: `
    : '';
  return [attack.name, verdict === 'found' ? all : `MISSED (${all})`, `${at}${named?.says ?? ''}`];
}

function missed({ attack, blind, place, findings }: Outcome): string {
  const says = findings.map((finding) => `  ${JSON.stringify(finding)}`).join('\n');
  return `MISSED ${attack.name}: not found by ${blind.join(', ') || 'nobody'}; attacked was ${JSON.stringify(place)}\n${says}`;
}

function numberOf(text: string, option: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new RangeError(`--${option} is a whole number, 0 or more`);
}
