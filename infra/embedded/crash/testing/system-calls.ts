/** One system call as `strace -f` printed it. The numbers are lines of the trace, so they order calls in time. */
export interface SystemCall {
  readonly name: string;
  /** Name, arguments and result, whole even where the trace shows them in two pieces. */
  readonly text: string;
  readonly begun: number;
  readonly ended: number;
  /** What it returned; negative when it failed. */
  readonly result: number;
}

/** Puts the two pieces of calls that other threads interrupted together. Calls without an end are left out. */
export function parseTrace(trace: string): SystemCall[] {
  const calls: SystemCall[] = [];
  const unfinished = new Map<string, { readonly text: string; readonly begun: number }>();
  for (const [line, content] of trace.split('\n').entries()) {
    const [, thread = '', rest = ''] = /^(\d+)\s+(.*)$/.exec(content) ?? [];
    if (rest.endsWith('<unfinished ...>')) {
      unfinished.set(thread, { text: rest.slice(0, -'<unfinished ...>'.length), begun: line });
      continue;
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest);
    const begin = resumed ? unfinished.get(thread) : { text: '', begun: line };
    if (!begin) continue;
    const text = begin.text + (resumed?.[1] ?? rest);
    const [, name, result] = /^(\w+)\(.* = (-?\d+)/.exec(text) ?? [];
    if (name !== undefined)
      calls.push({ name, text, begun: begin.begun, ended: line, result: Number(result) });
  }
  return calls;
}

export interface Exchange {
  readonly isRequest: (text: string) => boolean;
  readonly isAnswer: (text: string) => boolean;
}

/** What of a list of exchanges, one after the other, was durable when it was answered. */
export interface Durability {
  readonly answered: number;
  /** The numbers of the exchanges whose answer began to leave before their data and the page that makes them valid were on the disk. */
  readonly early: readonly number[];
}

/**
 * An answer is durable when, after its request was read, a sync of the data both began and ended, and after that a
 * write through the descriptor of the store that syncs every write ended, all before the answer began to leave.
 */
export function durabilityOf(calls: readonly SystemCall[], exchanges: readonly Exchange[]): Durability {
  const descriptors = calls
    .filter(({ name, text }) => name === 'openat' && /data\.mdb.*O_DSYNC/.test(text))
    .map(({ result }) => `(${result},`);
  const early: number[] = [];
  let answered = 0;
  for (const [number, { isRequest, isAnswer }] of exchanges.entries()) {
    const request = calls.find(({ name, text }) => name.startsWith('re') && isRequest(text));
    const answer = calls.find(
      ({ name, text, begun }) =>
        (name.startsWith('wr') || name.startsWith('send')) &&
        begun > (request?.ended ?? Infinity) &&
        isAnswer(text),
    );
    if (!request || !answer) continue;
    answered++;
    const sync = calls.find(
      ({ name, begun, result }) => name === 'fdatasync' && begun > request.ended && result === 0,
    );
    const validating = calls.find(
      ({ name, text, begun, result }) =>
        name === 'pwrite64' &&
        descriptors.some((descriptor) => text.includes(descriptor)) &&
        begun > (sync?.ended ?? Infinity) &&
        result > 0,
    );
    if (!validating || validating.ended > answer.begun) early.push(number);
  }
  return { answered, early };
}

/** What runs a program so that `parseTrace` can read its calls. */
export function tracedInto(trace: string): string[] {
  const calls = 'trace=openat,read,readv,recvfrom,recvmsg,write,writev,sendto,sendmsg,fdatasync,pwrite64';
  return ['strace', '-f', '-s', '600', '-e', calls, '-o', trace];
}
