import { NotFound, Rejected, Unavailable } from '../../../domain/kernel/errors.js';
import type {
  BuildEntry,
  BuildId,
  ReadModelPointer,
  ReadModelPointers,
} from '../../../domain/kernel/ports/read-model-pointers.js';

/** `v2`, or `v2 b3` for a rebuild. */
export function describeBuild({ version, build }: BuildId): string {
  return build === 0 ? `v${version}` : `v${version} b${build}`;
}

export function isSame(one: BuildId, other: BuildId): boolean {
  return one.version === other.version && one.build === other.build;
}

export function entryOf(pointer: ReadModelPointer, id: BuildId): BuildEntry | undefined {
  return pointer.builds.find((entry) => isSame(entry, id));
}

export function firstPointer(name: string, version: number, state: 'filling' | 'live'): ReadModelPointer {
  const first = { version, build: 0 };
  return { name, revision: 0, serving: first, builds: [{ ...first, state }] };
}

/**
 * The build that a query reads whose code knows `version`: the one that serves; but where that is of a newer version,
 * as older code sees it during a deploy, the newest that is fed of its own.
 */
export function readBuild(pointer: ReadModelPointer, version: number): BuildId {
  const { serving, builds } = pointer;
  if (serving.version <= version) return serving;
  return builds.filter((entry) => entry.version === version && entry.state === 'live').at(-1) ?? serving;
}

/** With one more build of a version, to be filled. @throws Rejected `read-model.filling` while another one is */
export function withNewBuild(pointer: ReadModelPointer, version: number): ReadModelPointer {
  const filling = pointer.builds.find(({ state }) => state === 'filling');
  if (filling)
    throw new Rejected(
      'read-model.filling',
      `${pointer.name} ${describeBuild(filling)} is being filled already`,
      { version: filling.version, build: filling.build },
    );
  const build = pointer.builds.filter((entry) => entry.version === version).length;
  return { ...pointer, builds: [...pointer.builds, { version, build, state: 'filling' }] };
}

/** A build that has caught up is fed from now on, and serves. */
export function switchedTo(pointer: ReadModelPointer, id: BuildId): ReadModelPointer {
  const { version, build } = id;
  return withEntry({ ...pointer, serving: { version, build } }, id, () => ({
    version,
    build,
    state: 'live',
  }));
}

/** A build stopped at its first error in history; one that serves goes on, and parks. */
export function stoppedAt(
  pointer: ReadModelPointer,
  id: BuildId,
  failure: NonNullable<BuildEntry['failure']>,
): ReadModelPointer {
  const { version, build } = id;
  return withEntry(pointer, id, () =>
    isSame(pointer.serving, id)
      ? { version, build, state: 'live' }
      : { version, build, state: 'failed', failure },
  );
}

/** @throws Rejected `read-model.not-fed` unless the build is kept up to date */
export function rolledBackTo(pointer: ReadModelPointer, id: BuildId): ReadModelPointer {
  const entry = existing(pointer, id);
  if (entry.state !== 'live')
    throw new Rejected('read-model.not-fed', `${pointer.name} ${describeBuild(id)} is ${entry.state}`);
  return { ...pointer, serving: { version: id.version, build: id.build } };
}

/** @throws Rejected `read-model.serving` when it is the one that serves */
export function retiredFrom(pointer: ReadModelPointer, id: BuildId): ReadModelPointer {
  existing(pointer, id);
  if (isSame(pointer.serving, id))
    throw new Rejected('read-model.serving', `${pointer.name} ${describeBuild(id)} serves`);
  const { version, build } = id;
  return withEntry(pointer, id, () => ({ version, build, state: 'retired' }));
}

export function withEntry(
  pointer: ReadModelPointer,
  id: BuildId,
  change: (entry: BuildEntry) => BuildEntry,
): ReadModelPointer {
  return { ...pointer, builds: pointer.builds.map((entry) => (isSame(entry, id) ? change(entry) : entry)) };
}

const maximumTries = 20;

/**
 * Changes a pointer as it stands, again if somebody else was faster. `change` gives the same pointer back when there
 * is nothing to change.
 *
 * @throws NotFound `read-model.unknown`
 * @throws Unavailable `read-model.contended`
 */
export async function changePointer(
  store: ReadModelPointers,
  name: string,
  change: (pointer: ReadModelPointer) => ReadModelPointer,
): Promise<ReadModelPointer> {
  for (let tries = 0; tries < maximumTries; tries++) {
    const before = await store.pointer(name);
    if (!before) throw new NotFound('read-model.unknown', `there is no read model ${name}`);
    const changed = change(before);
    if (changed === before) return before;
    const after = { ...changed, revision: before.revision + 1 };
    if (await store.replacePointer(after)) return after;
  }
  throw new Unavailable(
    'read-model.contended',
    `the builds of ${name} are being changed by others; ask again`,
  );
}

function existing(pointer: ReadModelPointer, id: BuildId): BuildEntry {
  const entry = entryOf(pointer, id);
  if (!entry)
    throw new NotFound('read-model.unknown-build', `${pointer.name} has no build ${describeBuild(id)}`);
  return entry;
}
