import { Rejected } from './errors.js';

/** `^[a-z][a-z0-9-]{1,62}$`; holds no full stop, so that a stream name reads in one way only (rule F1). */
export type WorkspaceId = string & { readonly __workspace: true };
/** `<category>-<workspace>.<id>` (rule F1). */
export type StreamName = string & { readonly __stream: true };

export interface StreamParts {
  readonly category: string;
  readonly workspace: WorkspaceId;
  readonly id: string;
}

const workspacePattern = /^[a-z][a-z0-9-]{1,62}$/;
const categoryPattern = /^[a-z][a-zA-Z0-9]{0,62}$/;
const idPattern = /^[\x21-\x7e]{1,200}$/;

/** Events of the platform itself belong to it. */
export const systemWorkspace = workspaceId('system');

/** @throws Rejected `tenancy.bad-workspace-id` */
export function workspaceId(text: string): WorkspaceId {
  if (!isWorkspaceId(text))
    throw new Rejected('tenancy.bad-workspace-id', `a workspace id matches ${workspacePattern.source}`);
  return text;
}

export function isWorkspaceId(text: string): text is WorkspaceId {
  return workspacePattern.test(text);
}

export function isCategory(text: string): boolean {
  return categoryPattern.test(text);
}

/** @throws Rejected `kernel.bad-stream-name` when a part could make the name read in a second way. */
export function streamName(category: string, workspace: WorkspaceId, id: string): StreamName {
  const name = `${category}-${workspace}.${id}`;
  if (
    !categoryPattern.test(category) ||
    !isWorkspaceId(workspace) ||
    !idPattern.test(id) ||
    !isStreamName(name)
  )
    throw new Rejected('kernel.bad-stream-name', 'an id is 1 to 200 printable characters without spaces');
  return name;
}

export function isStreamName(name: string): name is StreamName {
  return parseStreamName(name) !== undefined;
}

/** The parts of a name that `streamName` could have made; undefined for any other. */
export function parseStreamName(name: string): StreamParts | undefined {
  const dash = name.indexOf('-');
  const stop = name.indexOf('.', dash);
  if (dash < 0 || stop < 0) return undefined;
  const category = name.slice(0, dash);
  const workspace = name.slice(dash + 1, stop);
  const id = name.slice(stop + 1);
  if (!categoryPattern.test(category) || !isWorkspaceId(workspace) || !idPattern.test(id)) return undefined;
  return { category, workspace, id };
}
