import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { until } from '../../test/harness/until.js';
import { isDeadHolder, thisHolder } from './lease-holder.js';
import { processIdentity } from './process-identity.js';

describe('the holder of a lease', () => {
  const holderOf = (identity: string) => [...thisHolder().split(' ').slice(0, 2), identity].join(' ');

  it('is not dead while its process runs', () => expect(isDeadHolder(thisHolder())).toBe(false));

  it('is dead when its process has ended', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const holder = holderOf(processIdentity(child.pid ?? 0));
    expect(isDeadHolder(holder)).toBe(false);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isDeadHolder(holder)).toBe(true);
  });

  it('is dead though the parent of its process has not asked how it ended', async () => {
    // A shell that becomes another program asks for nobody that it began.
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60']);
    const processId = Number(String((await once(parent.stdout, 'data'))[0]));
    const holder = holderOf(processIdentity(processId));
    expect(isDeadHolder(holder)).toBe(false);
    process.kill(processId, 'SIGKILL');
    await until('its holder is dead', () => isDeadHolder(holder) || undefined);
    expect(() => process.kill(processId, 0)).not.toThrow();
    parent.kill('SIGKILL');
  });

  it('is dead when its process id belongs to a younger process', () =>
    expect(isDeadHolder(holderOf(`${process.pid} 1`))).toBe(true));

  it.each([
    ['another host', `elsewhere ${thisHolder().split(' ').slice(1).join(' ')}`],
    ['another boot or container', `${thisHolder().split(' ')[0]} other ${process.pid} 1`],
    ['a machine that does not tell', `${thisHolder().split(' ')[0]} - ${process.pid} 1`],
    ['nobody we can read', 'gibberish'],
  ])('of %s is not known to be dead', (_whose, holder) => expect(isDeadHolder(holder)).toBe(false));
});
