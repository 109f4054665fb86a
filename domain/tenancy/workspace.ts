import { decider } from '../kernel/decider.js';
import { Rejected } from '../kernel/errors.js';
import { CreateWorkspace } from './commands.js';
import { workspaceEvents, type WorkspaceEvent } from './events.js';

interface Workspace {
  readonly name: string | undefined;
}

/** A workspace: made once, under a name. Everything else belongs to one. */
export const workspace = decider<Workspace, WorkspaceEvent>()({
  category: 'workspace',
  events: workspaceEvents,
  commands: { CreateWorkspace },
  id: ({ id }) => id,
  initial: { name: undefined },

  decide: {
    CreateWorkspace: ({ id, name }, existing) => {
      if (existing.name === name) return [];
      if (existing.name !== undefined)
        throw new Rejected(
          'tenancy.workspace-exists',
          `there is a workspace ${id} already, under another name`,
        );
      return [{ type: 'WorkspaceCreated', data: { id, name } }];
    },
  },

  evolve: {
    WorkspaceCreated: (_before, { data }) => ({ name: data.name }),
  },
});
