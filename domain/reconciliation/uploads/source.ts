import { decider } from '../../kernel/decider.js';
import { Rejected } from '../../kernel/errors.js';
import { saysTheSame } from '../../kernel/json.js';
import { RegisterSource } from './commands.js';
import { sourceEvents, type SourceEvent } from './events.js';
import { axionCsv, type MappingProfile } from './mapping-profile.js';
import { compileProfile } from './read-row.js';

export interface Source {
  /** 0 until the first registration. */
  readonly version: number;
  /** The newest. */
  readonly profile: MappingProfile | undefined;
  /** Of every version, the first one first. */
  readonly profiles: readonly MappingProfile[];
}

/** A sender of files and how it writes them: versioned, since a file is read by the version of its day. */
export const source = decider<Source, SourceEvent>()({
  category: 'source',
  events: sourceEvents,
  commands: { RegisterSource },
  id: ({ name }) => name,
  initial: { version: 0, profile: undefined, profiles: [] },

  decide: {
    RegisterSource: (command, { version, profile }) => {
      if (command.name === axionCsv.name)
        throw new Rejected(
          'reconciliation.reserved-source',
          `${axionCsv.name} is built in and cannot be changed`,
        );
      const asked = withoutNulls(command);
      const compiled = compileProfile(asked);
      if ('problems' in compiled)
        throw new Rejected('reconciliation.bad-profile', 'files cannot be read by this profile', {
          problems: compiled.problems.map(({ field, reason }) => ({ field, reason })),
        });
      if (profile && saysTheSame(profile, asked)) return [];
      return [
        { type: 'SourceRegistered', data: { name: command.name, version: version + 1, profile: asked } },
      ];
    },
  },

  evolve: {
    SourceRegistered: ({ profiles }, { data }) => ({
      version: data.version,
      profile: data.profile,
      profiles: [...profiles, data.profile],
    }),
  },
});

/** The profile that files of a source are read by; the built-in source has one without ever being registered. */
export function profileOf(
  name: string,
  { version, profile }: Pick<Source, 'version' | 'profile'>,
): { version: number; profile: MappingProfile } {
  if (name === axionCsv.name) return { version: 1, profile: axionCsv };
  if (!profile) throw new Rejected('reconciliation.unknown-source', `there is no source ${name}`);
  return { version, profile };
}

/**
 * The profile of one version, the newest where none is named.
 *
 * @throws Rejected `reconciliation.unknown-source`, `reconciliation.unknown-source-version`
 */
export function profileOfVersion(name: string, before: Source, version: number | undefined): MappingProfile {
  const newest = profileOf(name, before);
  if (version === undefined || version === newest.version) return newest.profile;
  const found = before.profiles[version - 1];
  if (found) return found;
  throw new Rejected('reconciliation.unknown-source-version', `${name} has no version ${version}`, {
    newest: newest.version,
  });
}

/** A member that is null was meant to be left out. */
function withoutNulls(command: RegisterSource): MappingProfile {
  const members = Object.entries(command).filter(([, value]: [string, unknown]) => value !== null);
  // What class-validator let pass, less what it lets pass as null: the optional members.
  return {
    ...(Object.fromEntries(members) as RegisterSource),
    columns: members.some(([name]) => name === 'columns') ? command.columns : {},
  };
}
