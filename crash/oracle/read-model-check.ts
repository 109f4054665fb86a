import { projections } from '../../apps/config/contexts.js';
import { replayStores } from '../../apps/cli/replay.js';
import type { Stores } from '../../apps/cli/stores.js';
import { buildName, type ReadModelVersion } from '../../domain/kernel/ports/read-model-store.js';
import { sagaFeed } from '../../infra/engine/sagas/saga-shard.js';
import type { Violations } from './violations.js';

/** Every read model is what a replay of the log makes of it, with nothing parked. */
export async function checkReadModels(stores: Stores, violations: Violations): Promise<void> {
  for (const { readModel, drift, parked } of await replayStores(stores, projections)) {
    for (const { document, difference } of drift)
      violations.add('drift', `${readModel}: ${document} is ${difference}`);
    for (const { document } of parked)
      violations.add('drift', `${readModel}: something is parked in ${document ?? 'no document'}`);
  }
}

/** No checkpoint names a position that the log has not come to. */
export async function checkCheckpoints({ log, store }: Stores, violations: Violations): Promise<void> {
  const models: ReadModelVersion[] = [sagaFeed];
  for (const { name, builds } of await store.pointers())
    for (const { version, build, state } of builds)
      if (state !== 'retired') models.push({ name, version, build, indexes: [] });
  const saved = await Promise.all(
    models.map(async (model) => ({ model, checkpoints: await store.checkpoints(model) })),
  );
  // Read after them: what is saved now was in the log before.
  const head = (await log.head()) ?? -1n;
  for (const { model, checkpoints } of saved)
    for (const { lane, position } of checkpoints)
      if (position > head)
        violations.add(
          'checkpoint',
          `lane ${lane} of ${buildName(model)} stands at ${position}, the log ends at ${head}`,
        );
}
