import type { SimulatedMutant } from './mutant.js';

const sealer = 'infra/audit/sealing/sealer.js';

/** The sealer of audit-chain.md, section 2: rule AC2. */
export const sealerMutants: readonly SimulatedMutant[] = [
  {
    rule: 'AC2',
    without: 'the takeover: what another declared is not completed, something new is declared',
    file: sealer,
    text: 'return pending ? await this.complete(pending) : await this.sealNext();',
    replacement: 'return await this.sealNext();',
    finds: ['seal.false-incident', 'seal.stuck'],
    scenario: 'sealer-asleep-at-a-step',
  },
  {
    rule: 'AC2',
    without: 'the filter that an intent names: whoever completes it takes its own',
    file: sealer,
    text: 'await this.readerOf(filter).read(positionOf(from), { to: BigInt(to) });',
    replacement: 'await this.readerOf(this.options.filter).read(positionOf(from), { to: BigInt(to) });',
    finds: ['seal.false-incident'],
    scenario: 'two-sealers',
  },
  {
    rule: 'AC2',
    without: 'the seal stream read once more after somebody else was first',
    file: sealer,
    text: '            this.state = undefined;\n            if (error instanceof RevisionConflict)',
    replacement: '            if (error instanceof RevisionConflict)',
    finds: ['seal.stuck', 'seal.false-incident'],
    scenario: 'two-sealers',
  },
  {
    rule: 'AC2',
    without: 'the exact revision: a seal goes wherever the stream ends',
    file: 'infra/audit/sealing/seal-writer.js',
    text: 'await log.append(sealStream, expected, linked);',
    replacement:
      "await log.append(sealStream, (await log.readLast(sealStream))?.revision ?? 'no_stream', linked);",
    finds: ['seal.two-roots', 'seal.false-incident', 'seal.gap', 'seal.other-leaves'],
    scenario: 'two-sealers',
  },
];
