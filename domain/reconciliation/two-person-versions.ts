import { Rejected } from '../kernel/errors.js';
import { saysTheSame } from '../kernel/json.js';
import { referencePattern } from './command-rules.js';

/** One version of something that one person proposes and another approves. */
export interface ProposedVersion<Content> {
  /** From 1. */
  readonly version: number;
  readonly content: Content;
  /** An actor, as in a command's context. */
  readonly proposedBy: string;
  readonly approvedBy?: string;
  /** Not used for anything new. */
  readonly retired?: true;
}

/** From the first on. */
export type Versions<Content> = readonly ProposedVersion<Content>[];

/** The next version; undefined if the newest one says the same and counts, or waits for its approval. */
export function nextVersion<Content>(versions: Versions<Content>, content: Content): number | undefined {
  const newest = versions.at(-1);
  const isSame = newest && !newest.retired && saysTheSame(newest.content, content);
  return isSame ? undefined : versions.length + 1;
}

/**
 * Whether an approval says anything new.
 *
 * @throws Rejected `reconciliation.second-person-needed` for whoever proposed it, `reconciliation.unknown-version`,
 * `reconciliation.retired`
 */
export function needsApproval<Content>(
  what: string,
  versions: Versions<Content>,
  version: number,
  by: string,
): boolean {
  const found = versionOf(what, versions, version);
  if (found.retired) throw retired(what, version);
  if (found.approvedBy !== undefined) return false;
  if (found.proposedBy === by)
    throw new Rejected(
      'reconciliation.second-person-needed',
      `${what} version ${version} is approved by another person than the one who proposed it`,
      { proposedBy: found.proposedBy },
    );
  return true;
}

/**
 * The version that counts: the one asked for, or the newest that was approved.
 *
 * @throws Rejected `reconciliation.unknown-version`, `reconciliation.not-approved`, `reconciliation.retired`
 */
export function approvedVersion<Content>(
  what: string,
  versions: Versions<Content>,
  version?: number,
): ProposedVersion<Content> {
  if (version !== undefined) {
    const found = versionOf(what, versions, version);
    if (found.retired) throw retired(what, version);
    if (found.approvedBy === undefined) throw notApproved(what, version);
    return found;
  }
  const newest = versions.findLast(
    ({ approvedBy, retired: isRetired }) => approvedBy !== undefined && !isRetired,
  );
  if (newest) return newest;
  const last = versions.at(-1);
  if (last?.retired) throw retired(what, last.version);
  throw last
    ? notApproved(what, last.version)
    : new Rejected('reconciliation.unknown-version', `there is no ${what}`);
}

/** @throws Rejected `reconciliation.unknown-version` */
export function versionOf<Content>(
  what: string,
  versions: Versions<Content>,
  version: number,
): ProposedVersion<Content> {
  const found = versions[version - 1];
  if (found) return found;
  throw new Rejected('reconciliation.unknown-version', `there is no ${what} version ${version}`, {
    newest: versions.length,
  });
}

export function withApproval<Content>(
  versions: Versions<Content>,
  version: number,
  approvedBy: string,
): Versions<Content> {
  return versions.map((one) => (one.version === version ? { ...one, approvedBy } : one));
}

export function allRetired<Content>(versions: Versions<Content>): Versions<Content> {
  return versions.map((one) => ({ ...one, retired: true }));
}

/** Undefined for what is no reference. */
export function readReference(
  reference: string,
): { readonly name: string; readonly version?: number } | undefined {
  const [, name, version] = referencePattern.exec(reference) ?? [];
  if (name === undefined) return undefined;
  return version === undefined ? { name } : { name, version: Number(version) };
}

function notApproved(what: string, version: number): Rejected {
  return new Rejected(
    'reconciliation.not-approved',
    `${what} version ${version} waits for a second person's approval`,
    { version },
  );
}

function retired(what: string, version: number): Rejected {
  return new Rejected('reconciliation.retired', `${what} version ${version} was retired`, { version });
}
