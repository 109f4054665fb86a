/** One version of something that one person proposes and another approves, as lists show it. */
export type ListedVersion<Content extends object> = Content & {
  readonly version: number;
  readonly state: 'proposed' | 'approved' | 'retired';
  readonly proposedBy: string;
  readonly proposedAt: string;
  readonly approvedBy?: string;
  readonly approvedAt?: string;
  readonly retiredBy?: string;
  readonly retiredAt?: string;
  /** Why it was retired. */
  readonly reason?: string;
};

export interface ListedVersions<Content extends object> {
  readonly name: string;
  /** The version that counts where none is named; absent: there is none. */
  readonly current?: number;
  /** From the first on. */
  readonly versions: readonly ListedVersion<Content>[];
}

type Before<Content extends object> = ListedVersions<Content> | undefined;

interface Happened<Data> {
  readonly data: { readonly name: string } & Data;
  readonly at: string;
}

export function withProposed<Content extends object>(
  before: Before<Content>,
  { data, at }: Happened<{ readonly version: number; readonly proposedBy: string }>,
  content: Content,
): ListedVersions<Content> {
  const { name, version, proposedBy } = data;
  const proposed: ListedVersion<Content> = {
    ...content,
    version,
    state: 'proposed',
    proposedBy,
    proposedAt: at,
  };
  return { ...before, name, versions: [...(before?.versions ?? []), proposed] };
}

export function withApproved<Content extends object>(
  before: Before<Content>,
  { data: { version, approvedBy }, at }: Happened<{ readonly version: number; readonly approvedBy: string }>,
): Before<Content> {
  return (
    before && {
      ...before,
      current: Math.max(before.current ?? 0, version),
      versions: before.versions.map((one) =>
        one.version === version ? { ...one, state: 'approved', approvedBy, approvedAt: at } : one,
      ),
    }
  );
}

/** All versions so far. */
export function withRetired<Content extends object>(
  before: Before<Content>,
  { data: { retiredBy, reason }, at }: Happened<{ readonly retiredBy: string; readonly reason: string }>,
): Before<Content> {
  if (!before) return before;
  const { current: _current, ...kept } = before;
  return {
    ...kept,
    versions: before.versions.map((one) =>
      one.state === 'retired' ? one : { ...one, state: 'retired', retiredBy, retiredAt: at, reason },
    ),
  };
}
