import { decider } from '../kernel/decider.js';
import { Rejected } from '../kernel/errors.js';
import { RegisterSource } from './commands.js';
import { sourceEvents, type SourceEvent } from './events.js';
import { axionCsv, type MappingProfile } from './mapping-profile.js';
import { compileProfile } from './read-row.js';

export interface Source {
  /** 0 until the first registration. */
  readonly version: number;
  readonly profile: MappingProfile | undefined;
}

/** A sender of files and how it writes them: versioned, since a file is read by the version of its day. */
export const source = decider<Source, SourceEvent>()({
  category: 'source',
  events: sourceEvents,
  commands: { RegisterSource },
  id: ({ name }) => name,
  initial: { version: 0, profile: undefined },

  decide: {
    RegisterSource: (command, { version, profile }) => {
      if (command.name === axionCsv.name)
        throw new Rejected(
          'reconciliation.reserved-source',
          `${axionCsv.name} is built in and cannot be changed`,
        );
      const asked: MappingProfile = { ...command };
      const compiled = compileProfile(asked);
      if ('problems' in compiled)
        throw new Rejected('reconciliation.bad-profile', 'files cannot be read by this profile', {
          problems: compiled.problems.map(({ field, reason }) => ({ field, reason })),
        });
      if (profile && sameProfile(profile, asked)) return [];
      return [
        { type: 'SourceRegistered', data: { name: command.name, version: version + 1, profile: asked } },
      ];
    },
  },

  evolve: {
    SourceRegistered: (_before, { data }) => ({ version: data.version, profile: data.profile }),
  },
});

/** The profile that files of a source are read by; the built-in source has one without ever being registered. */
export function profileOf(
  name: string,
  { version, profile }: Source,
): { version: number; profile: MappingProfile } {
  if (name === axionCsv.name) return { version: 1, profile: axionCsv };
  if (!profile) throw new Rejected('reconciliation.unknown-source', `there is no source ${name}`);
  return { version, profile };
}

/** By content: the order in which a client writes the fields says nothing. */
function sameProfile(one: MappingProfile, other: MappingProfile): boolean {
  return canonical(one) === canonical(other);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([one], [other]) => (one < other ? -1 : 1)))
      : member,
  );
}
