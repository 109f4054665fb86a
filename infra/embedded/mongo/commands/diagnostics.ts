import { arch, cpus, hostname, platform, release, totalmem, type } from 'node:os';
import { CommandError } from '../errors.js';
import { type CommandHandler } from './command.js';
import { SERVER_VERSION } from './handshake.js';
import { requireAdmin } from './namespaces.js';

const MEBIBYTE = 1024 * 1024;

export const whatsmyuri: CommandHandler = (command) => ({ you: command.peer });

export const hostInfo: CommandHandler = (command) => {
  requireAdmin(command);
  return {
    system: {
      currentTime: new Date(),
      hostname: hostname(),
      cpuAddrSize: 64,
      memSizeMB: Math.floor(totalmem() / MEBIBYTE),
      memLimitMB: Math.floor((process.constrainedMemory() || totalmem()) / MEBIBYTE),
      numCores: cpus().length,
      cpuArch: arch(),
      numaEnabled: false,
    },
    os: { type: type(), name: platform(), version: release() },
    extra: {},
  };
};

/** What the process knows of itself; counters of single operations are not kept. */
export const serverStatus: CommandHandler = (_command, engine) => {
  const memory = process.memoryUsage();
  return {
    host: hostname(),
    version: SERVER_VERSION,
    process: 'axion-embedded',
    pid: process.pid,
    uptime: Math.floor(process.uptime()),
    uptimeMillis: Math.floor(process.uptime() * 1000),
    localTime: new Date(),
    connections: { current: engine.connections.current, totalCreated: engine.connections.totalCreated },
    mem: {
      bits: 64,
      resident: Math.floor(memory.rss / MEBIBYTE),
      virtual: Math.floor(memory.heapTotal / MEBIBYTE),
      supported: true,
    },
    storageEngine: { name: 'lmdb', persistent: true, readOnly: false },
  };
};

const STARTED = new Date().toISOString();

/** In the server's own form, which shells print when they connect. */
const STARTUP_WARNINGS = [
  'This is the embedded node of Axion: for development and tests, not a database for production',
  'Access control is not enabled: whoever reaches this machine reads and writes everything',
].map((message, index) =>
  JSON.stringify({
    t: { $date: STARTED },
    s: 'W',
    c: 'CONTROL',
    id: index + 1,
    ctx: 'initandlisten',
    msg: message,
    tags: ['startupWarnings'],
  }),
);

const LOGS: Readonly<Record<string, readonly string[]>> = {
  global: STARTUP_WARNINGS,
  startupWarnings: STARTUP_WARNINGS,
};

export const getLog: CommandHandler = (command) => {
  requireAdmin(command);
  const name = command.arguments.string('getLog');
  if (name === '*') return { names: Object.keys(LOGS) };
  const log = LOGS[name];
  if (log === undefined) throw new CommandError('OperationFailed', `No log named '${name}'`);
  return { totalLinesWritten: log.length, log };
};
