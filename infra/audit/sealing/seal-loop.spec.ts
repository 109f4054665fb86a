import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { streamName, workspaceId } from '../../../domain/kernel/names.js';
import { clearIncident, readIncident, writeIncident } from '../publishing/incident-file.js';
import { World } from '../testing/world.js';
import { SealLoop } from './seal-loop.js';

const logger = pino({ level: 'silent' });
const directory = mkdtempSync(join(tmpdir(), 'axion-incident-'));
afterAll(() => rmSync(directory, { recursive: true }));

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resume) => setTimeout(resume, 2));
}

/** Something in an audited stream that bears no link. */
async function tamper(world: World): Promise<void> {
  const stream = streamName('thing', workspaceId('acme'), 'forged');
  await world.log.append(stream, 'no_stream', [{ id: 'x', type: 'ThingDone', data: {}, metadata: {} }]);
}

describe('the sealing loop', () => {
  it('seals what comes, until it is stopped', async () => {
    const world = new World();
    const loop = new SealLoop({ sealer: world.sealer(), logger, everyMs: 1 });
    loop.start();
    for (let times = 1; times <= 2; times++) {
      await world.happens('thing', 'acme', 'a');
      await until(() => world.published.length === times);
    }
    await loop.stop();
    expect({ incident: loop.incident, fault: loop.fault }).toEqual({});
  });

  it('ends at an incident, and tells it once', async () => {
    const world = new World();
    const told: string[] = [];
    const onIncident = (reason: string): Promise<void> => {
      told.push(reason);
      return Promise.resolve();
    };
    const loop = new SealLoop({ sealer: world.sealer(), logger, everyMs: 1, onIncident });
    loop.start();
    await tamper(world);
    await until(() => told.length > 0);
    await world.happens('thing', 'acme', 'a');
    await loop.stop();
    expect(told).toEqual([loop.incident]);
    expect(loop.incident).toContain('thing-acme.forged, revision 0');
    expect(world.published).toEqual([]);
  });

  it('ends at an incident also where it cannot be told', async () => {
    const world = new World();
    const onIncident = (): Promise<void> => Promise.reject(new Error('full'));
    const loop = new SealLoop({ sealer: world.sealer(), logger, everyMs: 1, onIncident });
    await tamper(world);
    loop.start();
    await until(() => loop.incident !== undefined);
    await loop.stop();
    expect(world.published).toEqual([]);
  });
});

describe('an incident', () => {
  it('is kept for the other processes, with the time it was first found, until a seal stands again', async () => {
    expect(await readIncident(directory)).toBeUndefined();
    await clearIncident(directory);
    const incident = { at: '2026-01-01T00:00:00.000Z', reason: 'another root' };
    await writeIncident(directory, incident);
    await writeIncident(directory, { ...incident, at: '2026-01-02T00:00:00.000Z' });
    expect(await readIncident(directory)).toEqual(incident);
    await clearIncident(directory);
    expect(await readIncident(directory)).toBeUndefined();
  });
});
