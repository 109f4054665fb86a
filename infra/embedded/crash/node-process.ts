import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Listening } from './node-main.js';

export type NodeKind = 'eventstore' | 'mongo';

/** The program that runs one node, as it is built. */
export const NODE_PROGRAM = resolve('dist/infra/embedded/crash/node-main.js');

export interface NodeProcessOptions {
  readonly kind: NodeKind;
  readonly directory: string;
  /** 0, which is the default, takes any free port. */
  readonly port?: number;
  /** Another program that takes the same arguments; `NODE_PROGRAM` unless told. */
  readonly program?: string;
  /** What runs the program, such as strace and its options; nothing unless told. */
  readonly under?: readonly string[];
}

export interface NodeEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What it wrote on standard error. */
  readonly words: string;
}

/** An embedded node that runs in a process of its own, to be killed, traced or starved. */
export class NodeProcess {
  /** Resolves once the node listens; undefined when it ended before. */
  readonly listening: Promise<Listening | undefined>;
  readonly ended: Promise<NodeEnd>;
  private processId: number | undefined;

  private constructor(private readonly child: ChildProcess) {
    this.processId = child.pid;
    let words = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (words += text));
    this.ended = new Promise((done) => child.once('close', (code, signal) => done({ code, signal, words })));
    this.listening = new Promise((done) => {
      if (child.stdout)
        createInterface(child.stdout).once('line', (line) => {
          const listening = JSON.parse(line) as Listening;
          this.processId = listening.processId;
          done(listening);
        });
      void this.ended.then(() => done(undefined));
    });
  }

  /** @throws Error when the node is not built */
  static launch({ kind, directory, port = 0, program, under = [] }: NodeProcessOptions): NodeProcess {
    const script = program ?? NODE_PROGRAM;
    if (!existsSync(script)) throw new Error(`${script} is not there: run npm run build`);
    const command = [...under, process.execPath, script, kind, directory, String(port)];
    const environment = { ...process.env, NODE_OPTIONS: '' };
    return new NodeProcess(
      spawn(command[0] ?? '', command.slice(1), { stdio: ['pipe', 'pipe', 'pipe'], env: environment }),
    );
  }

  /** @throws Error with the node's own words when it ends before it listens */
  async listens(): Promise<Listening> {
    const listening = await this.listening;
    if (listening) return listening;
    const { code, signal, words } = await this.ended;
    throw new Error(`the node did not start (${signal ?? `exit code ${String(code)}`}): ${words.trim()}`);
  }

  /** SIGKILL to the node itself, not to what it runs under. */
  kill(): void {
    this.signal('SIGKILL');
  }

  /** Lets it close its store. */
  async stop(): Promise<void> {
    this.signal('SIGTERM');
    await this.ended;
  }

  private signal(signal: NodeJS.Signals): void {
    if (this.processId === undefined) return;
    try {
      process.kill(this.processId, signal);
    } catch {
      // It has ended by itself: `ended` says how.
    }
  }
}
