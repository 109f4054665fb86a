import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { print } from '../../apps/cli/terminal.js';
import { write } from '../engine/history.js';
import { withNodes } from '../engine/part.js';
import type { Urls } from '../engine/stores.js';
import { merged, scaled, type Figures } from '../kit/parts.js';
import { withProgramOf } from '../kit/programs.js';
import { median, rounded } from '../kit/statistics.js';
import { exportBench, readExport, verifyExport, type Export, type Ran } from './exports.js';
import type { SealReply, SealRequest } from './seal-program.js';
import { verified } from './verified.js';
import type { VerifyReply } from './verify-program.js';

const few = scaled(30_000);
const many = scaled(300_000);
/** What comes after the first verification of all. */
const more = many / 100;
const rounds = 3;

/** The verification of the log, and that of an export, of a history and of one that is ten times as long. */
export async function verifyPart(): Promise<Figures> {
  return withNodes((urls, directory) =>
    withProgramOf('audit', 'seal', async (sealer) => {
      const ask = (request: SealRequest) => sealer.ask<SealReply>(request);
      await ask({ kind: 'open', urls, directory });
      /** Up to so many events in all, sealed and exported. */
      const grown = async (from: number, to: number, name: string): Promise<Export> => {
        await write(urls, from, to - from, to);
        const { checkpoint } = await ask({ kind: 'backlog' });
        return exportBench(urls, directory, checkpoint, name);
      };
      const smallExport = await grown(0, few, 'small');
      const small = await verified({ urls, directory, jobs: 1 });
      const largeExport = await grown(few, many, 'large');
      const large = await verified({ urls, directory, jobs: 1 });
      const parallel = await verified({ urls, directory, jobs: 2 });
      await write(urls, many, more, more);
      await ask({ kind: 'backlog' });
      const log = await ofLog({ urls, directory, small, large, parallel });
      return merged([log, await ofExports(smallExport, largeExport)]);
    }),
  );
}

interface LogRuns {
  readonly urls: Urls;
  readonly directory: string;
  readonly small: VerifyReply;
  readonly large: VerifyReply;
  readonly parallel: VerifyReply;
}

async function ofLog({ urls, directory, small, large, parallel }: LogRuns): Promise<Figures> {
  const { state } = large;
  const second = await verified({ urls, directory, jobs: 1, ...(state && { from: state }) });
  const runs = { small, large, parallel, second };
  for (const [name, { seconds, holds, first, faults }] of Object.entries(runs))
    print(`${name}: ${rounded(seconds)} s${holds ? '' : ` VIOLATED ${JSON.stringify({ first, faults })}`}`);
  const counted = ({ leaves }: VerifyReply): number => leaves.OK;
  return {
    rates: {
      verify: Math.round(counted(large) / large.seconds),
      verifyWith2Jobs: Math.round(counted(parallel) / parallel.seconds),
    },
    ratios: {
      secondVerifyPerFirst: rounded(second.seconds / large.seconds),
      verify2JobsPer1: rounded(large.seconds / parallel.seconds),
    },
    growth: { verify: rounded(large.seconds / small.seconds) },
    counts: { verified: counted(large), verifiedBefore: counted(small), newAtSecondVerify: more },
    correct:
      Object.values(runs).every(({ holds }) => holds) &&
      counted(small) > few &&
      counted(large) > many &&
      JSON.stringify({ ...parallel, seconds: 0 }) === JSON.stringify({ ...large, seconds: 0 }) &&
      counted(second) >= counted(large) + more,
  };
}

async function ofExports(small: Export, large: Export): Promise<Figures> {
  const measured: { floor: Ran; one: Ran; two: Ran; small: Ran }[] = [];
  for (let round = 0; round < rounds; round++) {
    const found = {
      floor: await readExport(large),
      one: await verifyExport(large, 1),
      two: await verifyExport(large, 2),
      small: await verifyExport(small, 1),
    };
    measured.push(found);
    const seconds = Object.entries(found).map(([name, ran]) => `${name} ${rounded(ran.seconds)} s`);
    print(`exports: ${seconds.join(', ')}`);
  }
  const ratio = (figure: (round: (typeof measured)[number]) => number): number =>
    rounded(median(measured.map(figure)));
  const isWhole = measured.every(
    ({ floor, one, two, small: tenth }) =>
      floor.answer.lines === large.leaves &&
      [one, two].every(({ code, answer }) => code === 0 && answer.leaves === large.leaves) &&
      tenth.code === 0 &&
      tenth.answer.leaves === small.leaves,
  );
  return {
    rates: {
      floorLines: Math.round(large.leaves / median(measured.map(({ floor }) => floor.seconds))),
      verifyExport: Math.round(large.leaves / median(measured.map(({ one }) => one.seconds))),
      verifyExportWith2Jobs: Math.round(large.leaves / median(measured.map(({ two }) => two.seconds))),
    },
    ratios: {
      verifyExportPerFloor: ratio(({ floor, one }) => floor.seconds / one.seconds),
      verifyExport2JobsPerFloor: ratio(({ floor, two }) => floor.seconds / two.seconds),
    },
    growth: { verifyExport: ratio(({ one, small: tenth }) => one.seconds / tenth.seconds) },
    counts: { exported: large.leaves },
    correct: isWhole && (await isEditFound(large)),
  };
}

/** Who finds nothing is quick. */
async function isEditFound(exported: Export): Promise<boolean> {
  const file = await open(join(exported.folder, 'leaves.ndjson'), 'r+');
  try {
    const { size } = await file.stat();
    const bytes = Buffer.alloc(20_000);
    const middle = Math.floor(size / 2);
    await file.read(bytes, 0, bytes.length, middle);
    const amount = bytes.indexOf('"amount":');
    const at = amount + '"amount":'.length;
    const digit = bytes[at] === 0x31 ? '2' : '1';
    await file.write(digit, middle + at);
    if (amount < 0) return false;
  } finally {
    await file.close();
  }
  const found = await Promise.all([verifyExport(exported, 1), verifyExport(exported, 2)]);
  return found.every(({ code, answer }) => code === 1 && answer.holds === false);
}
