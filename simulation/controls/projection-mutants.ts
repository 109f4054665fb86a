import type { SimulatedMutant } from './mutant.js';

const lane = 'infra/engine/projections/lane.js';
const positions = 'infra/engine/projections/positions.js';
const fold = 'infra/engine/projections/fold.js';
const parking = 'infra/engine/projections/parking.js';
const projector = 'infra/engine/projections/projector.js';
const readModel = 'infra/engine/projections/read-model.js';
const reader = 'infra/engine/projections/log-reader.js';
const store = 'infra/mongo/in-memory-read-model-store.js';
const builds = 'domain/kernel/ports/read-model-store.js';

export const projectionMutants: readonly SimulatedMutant[] = [
  {
    rule: 'P1',
    without: 'the position for lanes that have nothing to do',
    file: lane,
    text: 'else if (!this.working) {\n            this.moveTo(position, checkpointOfOthersAfterMs);',
    replacement: 'else if (!this.working) {',
    finds: ['query.hangs'],
  },
  {
    rule: 'P1',
    without: 'the place where a reader begins: lanes join it that lack what it never said',
    file: reader,
    text: 'this.latest = leastOf([...this.served].map(({ offered }) => offered));',
    replacement: '',
    finds: ['read-model.differs', 'checkpoint.ahead', 'query.stale'],
  },
  {
    rule: 'P2',
    without: 'the skipping of what a document has seen',
    file: fold,
    text: 'if (before && event.position <= before.position)',
    replacement: 'if (false)',
    finds: ['read-model.differs', 'query.stale'],
  },
  {
    rule: 'P3',
    without: 'the condition on a smaller position',
    file: store,
    text: 'if (there && there.position >= document.position)',
    replacement: 'if (false)',
    finds: ['read-model.differs', 'query.stale', 'checkpoint.ahead'],
  },
  {
    rule: 'P3',
    without: 'the condition on the parking mark',
    file: store,
    text: 'if (there && there.mark !== document.mark)',
    replacement: 'if (false)',
    finds: ['read-model.differs', 'query.stale', 'checkpoint.ahead'],
    scenario: 'rolling-deploy-with-parked-events',
  },
  {
    rule: 'P4',
    without: 'documents before the checkpoint',
    file: lane,
    text: 'await this.batches.apply(batch);',
    replacement:
      '(await this.options.store.saveCheckpoint(this.options.projection, { lane: this.options.lane, lanes: this.options.lanes, position: batch.at(-1).position }), await this.batches.apply(batch));',
    finds: ['checkpoint.ahead'],
  },
  {
    rule: 'P4',
    without: 'checkpoints that move only forwards',
    file: store,
    text: 'if (saved?.position === undefined || saved.position < checkpoint.position)',
    replacement: 'if (true)',
    finds: ['query.hangs'],
  },
  {
    rule: 'P4',
    without: 'the number of lanes in a checkpoint',
    file: positions,
    text: 'checkpoint.lane === lane && checkpoint.lanes === laneCount',
    replacement: 'checkpoint.lane === lane',
    finds: ['read-model.differs', 'checkpoint.ahead', 'query.stale'],
    scenario: 'another-number-of-lanes',
  },
  {
    rule: 'P5',
    without: 'tombstones',
    file: store,
    text: 'stored.set(documentName(document), structuredClone(document));\n        }\n        return Promise.resolve(refused);',
    replacement:
      'if (document.document === undefined) stored.delete(documentName(document)); else stored.set(documentName(document), structuredClone(document));\n        }\n        return Promise.resolve(refused);',
    finds: ['read-model.differs', 'query.stale'],
  },
  {
    rule: 'P5',
    without: 'checkpoints and documents of its own for each rebuild',
    file: builds,
    text: 'return build === 0 ? `${name}_v${version}` : `${name}_v${version}_b${build}`;',
    replacement: 'return `${name}_v${version}`;',
    finds: ['read-model.differs', 'query.hangs', 'query.stale', 'checkpoint.ahead'],
  },
  {
    rule: 'P6',
    without: 'the wait on the build that is read',
    file: readModel,
    text: 'await this.waits.waitFor(build, after);',
    replacement: 'await this.waits.waitFor({ ...this.projection, build: 0 }, after);',
    finds: ['query.stale', 'query.hangs'],
  },
  {
    rule: 'P6',
    without: 'the feeding of the build before',
    file: projector,
    text: 'for (const { name, builds } of this.pointers)\n            for (const entry of builds) {\n                const projection = entry.state === state ?',
    replacement:
      "for (const { name, builds, serving } of this.pointers)\n            for (const entry of builds) {\n                const projection = entry.state === state && (state !== 'live' || (serving.version === entry.version && serving.build === entry.build)) ?",
    finds: ['read-model.differs', 'query.hangs', 'query.stale'],
  },
  {
    rule: 'P7',
    without: 'the wait behind what is parked',
    file: parking,
    text: 'if (before?.parked)\n        return waitBehind(before, event.position);',
    replacement: '',
    finds: ['read-model.differs', 'query.stale', 'checkpoint.ahead'],
  },
  {
    rule: 'P7',
    without: 'the condition on what unparking takes away',
    file: store,
    text: 'if (there?.position !== before?.position || there?.mark !== before?.mark)',
    replacement: 'if (false)',
    finds: ['read-model.differs', 'query.stale', 'checkpoint.ahead'],
    scenario: 'sleeper-that-parks',
  },
];
