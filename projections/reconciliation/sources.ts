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
  /** The newest. */
  readonly profile: MappingProfile;
  readonly registeredAt: string;
  /** Every version, the first one first. */
  readonly versions: readonly SourceVersion[];
}

export interface SourceVersion {
  readonly version: number;
  readonly registeredAt: string;
  readonly registeredBy: string;
}

export const sources = projection<ListedSource, SourceEvent | WorkspaceEvent>({
  name: 'sources',
  version: 2,
  events: { ...sourceEvents, ...workspaceEvents },
  key: (event) => (event.type === 'WorkspaceCreated' ? axionCsv.name : event.data.name),
  on: {
    // Every workspace has the built-in source from its first moment.
    WorkspaceCreated: (_before, { at, actor }) => ({
      name: axionCsv.name,
      version: 1,
      builtIn: true,
      profile: axionCsv,
      registeredAt: at,
      versions: [{ version: 1, registeredAt: at, registeredBy: actor }],
    }),
    SourceRegistered: (before, { data, at, actor }) => ({
      ...data,
      builtIn: false,
      registeredAt: at,
      versions: [
        ...(before?.versions ?? []),
        { version: data.version, registeredAt: at, registeredBy: actor },
      ],
    }),
  },
});
