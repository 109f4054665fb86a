import { Unavailable } from '../../domain/kernel/errors.js';
import { buildName, type ReadModelVersion } from '../../domain/kernel/ports/read-model-store.js';
import { collect } from './distant-log.js';
import type { Line } from './line.js';

type Method = (...given: readonly unknown[]) => unknown;

export interface DistantPortOptions {
  readonly name: string;
  /** Methods that answer with an `AsyncIterable`; every other answers with a promise. */
  readonly iterables?: readonly string[];
  /** Methods that ask nothing of the store: they answer at once. */
  readonly local?: readonly string[];
  /** Methods of one bulk, whose parts land each by itself: `[model, items]` becomes a call for each item. */
  readonly bulks?: readonly string[];
}

/** A store as one process reaches it: every method of it over the line. */
export function distant<Port extends object>(inner: Port, line: Line, options: DistantPortOptions): Port {
  const { name, iterables = [], local = [], bulks = [] } = options;
  const call = (method: string, given: readonly unknown[]): Promise<unknown> =>
    line.call(
      `${name}.${method} ${textOf(given)}`,
      () => Promise.resolve(apply(inner, method, given)),
      () => new Unavailable(`${name}.away`, 'no answer'),
    );
  return new Proxy(inner, {
    get: (_target, property): Method => {
      const method = String(property);
      if (local.includes(method)) return (...given) => apply(inner, method, given);
      if (iterables.includes(method))
        return (...given) =>
          fetched(
            line.call(
              `${name}.${method}`,
              () => collect(apply(inner, method, given) as AsyncIterable<unknown>),
              () => new Unavailable(`${name}.away`, 'no answer'),
            ),
          );
      if (bulks.includes(method))
        return async (target, items, ...rest) => {
          const parts = (items as readonly unknown[]).map((item) => call(method, [target, [item], ...rest]));
          return (await Promise.all(parts)).flat();
        };
      return (...given) => call(method, given);
    },
  });
}

function apply(port: object, name: string, given: readonly unknown[]): unknown {
  const method: unknown = Reflect.get(port, name);
  if (typeof method !== 'function') throw new RangeError(`the port has no method ${name}`);
  return (method as Method).apply(port, [...given]);
}

async function* fetched(items: Promise<readonly unknown[]>): AsyncIterable<unknown> {
  yield* await items;
}

/** Arguments as the trace shows them; a read model by its name alone. */
function textOf(given: readonly unknown[]): string {
  return given.map((argument) => nameOf(argument) ?? JSON.stringify(argument, plain)).join(' ');
}

function nameOf(argument: unknown): string | undefined {
  const isModel = typeof argument === 'object' && argument !== null && 'indexes' in argument;
  return isModel ? buildName(argument as ReadModelVersion) : undefined;
}

function plain(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
