import type { BuildId } from '../../../domain/kernel/ports/read-model-pointers.js';
import type { EventLog } from '../../../domain/kernel/ports/event-log.js';
import type { ReadModelPointer } from '../../../domain/kernel/ports/read-model-pointers.js';
import type { ReadModelStore } from '../../../domain/kernel/ports/read-model-store.js';
import type { AnyProjection } from '../../../projections/kernel/projection.js';
import { firstPointer, withNewBuild } from './pointer-changes.js';

/** The read models of this code: by name, and several versions of one where older ones are still fed. */
export class Definitions {
  private readonly byName = new Map<string, AnyProjection[]>();

  /** @throws RangeError when one version of a read model is defined twice */
  constructor(projections: readonly AnyProjection[]) {
    for (const projection of projections) {
      const others = this.byName.get(projection.name) ?? [];
      if (others.some(({ version }) => version === projection.version))
        throw new RangeError(`${projection.name} v${projection.version} is defined twice`);
      this.byName.set(projection.name, [...others, projection]);
    }
  }

  get names(): readonly string[] {
    return [...this.byName.keys()];
  }

  /** The definition of a build; undefined where this code does not have it. */
  of(name: string, { version, build }: BuildId): AnyProjection | undefined {
    const found = this.byName.get(name)?.find((projection) => projection.version === version);
    return found && { ...found, build };
  }

  /** @throws RangeError for a name that this code does not have */
  newest(name: string): AnyProjection {
    const [first, ...others] = this.byName.get(name) ?? [];
    if (!first) throw new RangeError(`there is no read model ${name}`);
    return others.reduce((newest, one) => (one.version > newest.version ? one : newest), first);
  }
}

/**
 * The pointers of this code's read models, made where there is none, and with a build to be filled where this code
 * has a newer version than any that was ever built.
 */
export async function obtainPointers(
  definitions: Definitions,
  store: ReadModelStore,
  log: EventLog,
): Promise<readonly ReadModelPointer[]> {
  const found = new Map((await store.pointers()).map((pointer) => [pointer.name, pointer]));
  const obtained: ReadModelPointer[] = [];
  for (const name of definitions.names) {
    const newest = definitions.newest(name);
    const pointer = found.get(name);
    const wanted = pointer
      ? withNewVersion(pointer, newest.version)
      : firstPointer(name, newest.version, await firstState(newest, store, log));
    // Whoever was faster wanted the same; it is seen at the next look.
    const settled = wanted === pointer || (await store.replacePointer(wanted));
    const standing = settled ? wanted : await store.pointer(name);
    if (standing) obtained.push(standing);
  }
  return obtained;
}

function withNewVersion(pointer: ReadModelPointer, version: number): ReadModelPointer {
  const isBusy = pointer.builds.some(({ state }) => state === 'filling');
  if (isBusy || pointer.builds.some((entry) => entry.version >= version)) return pointer;
  return { ...withNewBuild(pointer, version), revision: pointer.revision + 1 };
}

/** History is folded faster than it is lived; where there is none, or it was folded before, there is nothing to fill. */
async function firstState(
  projection: AnyProjection,
  store: ReadModelStore,
  log: EventLog,
): Promise<'filling' | 'live'> {
  if ((await store.checkpoints(projection)).length > 0) return 'live';
  return (await log.head()) === undefined ? 'live' : 'filling';
}
