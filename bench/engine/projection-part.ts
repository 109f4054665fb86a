import { accountsOf, few, many, write } from './history.js';
import { measureBacklog, measureLive } from './live.js';
import { merged, type Figures } from '../kit/parts.js';
import { withNodes } from './part.js';
import { measureRebuilds } from './rebuilds.js';

/** Reading history: rebuilds, a projector that is behind, and what is simpler than both. */
export async function projectionPart(): Promise<Figures> {
  return withNodes((small) =>
    withNodes(async (large) => {
      const fewAppends = await write(small, 0, few, accountsOf(few));
      const manyAppends = await write(large, 0, many, accountsOf(many));
      return merged([
        await measureRebuilds(small, large),
        await measureLive(small, fewAppends),
        await measureBacklog(large, manyAppends),
      ]);
    }),
  );
}
