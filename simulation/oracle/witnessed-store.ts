import {
  documentName,
  type Checkpoint,
  type ReadModelVersion,
  type StoredDocument,
} from '../../domain/kernel/ports/read-model-store.js';
import type { EventCodec } from '../../infra/eventstore/event-codec.js';
import { InMemoryReadModelStore } from '../../infra/mongo/in-memory-read-model-store.js';
import type { AnyProjection } from '../../projections/kernel/projection.js';
import { isNobodys } from '../bank/older-code.js';
import type { WitnessedLog } from './witnessed-log.js';
import type { Findings } from './findings.js';

interface Touch {
  readonly document: string;
  readonly position: bigint;
}

/** Looks at every checkpoint when it lands: what it claims to be applied must be in the documents (rule P4). */
export class WitnessedStore extends InMemoryReadModelStore {
  private readonly touches = new Map<string, { seen: number; readonly list: Touch[] }>();

  constructor(
    private readonly log: WitnessedLog,
    private readonly codec: EventCodec,
    private readonly findings: Findings,
    private readonly olderCode: () => boolean,
  ) {
    super();
  }

  override async saveCheckpoint(model: ReadModelVersion, checkpoint: Checkpoint): Promise<boolean> {
    const moved = await super.saveCheckpoint(model, checkpoint);
    // A sleeper may write to a build that is retired: nobody looks there (rule P5).
    if (!('on' in model) || (await this.isRetired(model))) return moved;
    const claimed = claimedBy(await this.checkpoints(model));
    if (claimed === undefined) return moved;
    const needed = new Map<string, bigint>();
    for (const { document, position } of this.touchesOf(model as AnyProjection))
      if (position <= claimed) needed.set(document, position);
    for await (const stored of this.all(model)) {
      const name = documentName(stored);
      if ((needed.get(name) ?? -1n) <= lastSeen(stored)) needed.delete(name);
    }
    for (const [document, position] of needed)
      this.findings.add(
        'checkpoint.ahead',
        `${model.name} claims ${claimed}, and ${document} lacks what happened at ${position}`,
      );
    return moved;
  }

  private async isRetired({ name, version, build = 0 }: ReadModelVersion): Promise<boolean> {
    const builds = (await this.pointer(name))?.builds ?? [];
    return builds.some((one) => one.version === version && one.build === build && one.state === 'retired');
  }

  private touchesOf(model: AnyProjection): readonly Touch[] {
    const known = this.touches.get(model.name) ?? { seen: 0, list: [] };
    this.touches.set(model.name, known);
    for (const { event: stored } of this.log.landed.slice(known.seen)) {
      known.seen++;
      if (!this.codec.isOurs(stored) || !Object.hasOwn(model.on, stored.type)) continue;
      const event = this.codec.decodeSealed(stored);
      // It is parked by itself, and stands in no document's way (rule P7).
      if (this.olderCode() && isNobodys(event)) continue;
      for (const id of [model.key(event)].flat())
        known.list.push({
          document: documentName({ workspace: event.workspace, id }),
          position: event.position,
        });
    }
    return known.list;
  }
}

/** What is parked counts as seen: it waits in the document. */
function lastSeen({ position, parked }: StoredDocument): bigint {
  return parked ? (parked.waiting.at(-1) ?? parked.position) : position;
}

/** What whoever reads the checkpoints may take for applied: the best of the complete sets of lanes. */
export function claimedBy(saved: readonly Checkpoint[]): bigint | undefined {
  let best: bigint | undefined;
  for (const lanes of new Set(saved.map((one) => one.lanes))) {
    const positions = saved.filter((one) => one.lanes === lanes).map(({ position }) => position);
    if (positions.length < lanes) continue;
    const least = positions.reduce((one, other) => (one < other ? one : other));
    if (best === undefined || least > best) best = least;
  }
  return best;
}
