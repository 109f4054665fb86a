import {
  axionCsv,
  sourceEvents,
  type MappingProfile,
  type SourceEvent,
} from '../../domain/reconciliation/contract.js';
import { workspaceEvents, type WorkspaceEvent } from '../../domain/tenancy/contract.js';
import { projection } from '../kernel/projection.js';

export interface ListedSource {
  readonly name: string;
  readonly version: number;
  readonly builtIn: boolean;
  readonly profile: MappingProfile;
  readonly registeredAt: string;
}

export const sources = projection<ListedSource, SourceEvent | WorkspaceEvent>({
  name: 'sources',
  version: 1,
  events: { ...sourceEvents, ...workspaceEvents },
  key: (event) => (event.type === 'WorkspaceCreated' ? axionCsv.name : event.data.name),
  on: {
    // Every workspace has the built-in source from its first moment.
    WorkspaceCreated: (_before, { at }) => ({
      name: axionCsv.name,
      version: 1,
      builtIn: true,
      profile: axionCsv,
      registeredAt: at,
    }),
    SourceRegistered: (_before, { data, at }) => ({ ...data, builtIn: false, registeredAt: at }),
  },
});
