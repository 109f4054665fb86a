import { workspaceEvents, type WorkspaceEvent } from '../../domain/tenancy/contract.js';
import { projection } from '../kernel/projection.js';

export interface ListedWorkspace {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
}

export const workspaces = projection<ListedWorkspace, WorkspaceEvent>({
  name: 'workspaces',
  version: 1,
  events: workspaceEvents,
  key: ({ data }) => data.id,
  on: {
    WorkspaceCreated: (_before, { data, at }) => ({ id: data.id, name: data.name, createdAt: at }),
  },
});
