import { sagaId } from '../../domain/engine/contract.js';
import type { WorkspaceId } from '../../domain/kernel/names.js';
import { documentName, type ReadModelReader } from '../../domain/kernel/ports/read-model-store.js';
import { ServedReadModels } from '../../infra/engine/projections/serving-builds.js';
import { sagaList, type ListedSaga } from '../../projections/engine/sagas.js';
import type { Configuration } from '../config/configuration.js';
import { exitCodes } from './exit-codes.js';
import { withStores } from './stores.js';
import { print, table } from './terminal.js';

type FoundSaga = Pick<
  ListedSaga,
  'saga' | 'instance' | 'status' | 'waitsFor' | 'wakeAt' | 'reason' | 'updatedAt'
> & { readonly workspace: WorkspaceId };

const over: ReadonlySet<string> = new Set(['ended', 'failed', 'cancelled']);

/** Shows the sagas that are not over, and what each waits for; 1 when one is parked. */
export async function sagas(
  configuration: Configuration,
  { json }: { readonly json: boolean },
): Promise<number> {
  const found = await withStores(configuration, ({ store }) => openSagas(new ServedReadModels(store)));
  const rows = found.map(({ workspace, saga, instance, status, waitsFor, wakeAt, reason = '' }) => [
    documentName({ workspace, id: sagaId({ saga, instance }) }),
    status,
    described(waitsFor),
    wakeAt ?? '',
    reason,
  ]);
  if (json) print(JSON.stringify({ sagas: found }));
  else if (rows.length === 0) print('No saga is under way.');
  else print(table([['Saga', 'status', 'waits for', 'wakes at', 'reason'], ...rows]));
  return found.some(({ status }) => status === 'parked') ? exitCodes.violated : exitCodes.holds;
}

async function openSagas(readModels: ReadModelReader): Promise<readonly FoundSaga[]> {
  const found: FoundSaga[] = [];
  for await (const { workspace, document } of readModels.live(sagaList)) {
    if (!document) continue;
    const stored: object = document;
    // As its own projection wrote it.
    const listed = stored as ListedSaga;
    if (over.has(listed.status)) continue;
    const { saga, instance, status, waitsFor, wakeAt, reason, updatedAt } = listed;
    found.push({
      workspace,
      saga,
      instance,
      status,
      waitsFor,
      updatedAt,
      ...(wakeAt !== undefined && { wakeAt }),
      ...(reason !== undefined && { reason }),
    });
  }
  return found;
}

function described({ steps, timers, events }: ListedSaga['waitsFor']): string {
  const [step] = steps;
  const [timer] = timers;
  const parts = [
    ...(step ? [`answer to ${step.command}${step.attempts > 0 ? ` (tried ${step.attempts} ×)` : ''}`] : []),
    ...(steps.length > 1 ? [`${steps.length - 1} more steps`] : []),
    ...(timer ? [`timer ${timer.name} at ${timer.due}`] : []),
    ...(timers.length > 1 ? [`${timers.length - 1} more timers`] : []),
    ...(events > 0 ? [`${events} held events`] : []),
  ];
  return parts.join(', ') || 'an event';
}
