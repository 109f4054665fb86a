import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { print } from '../../apps/cli/terminal.js';
import { withProgramOf } from '../kit/programs.js';
import { scaled } from '../kit/parts.js';
import { report } from '../kit/result.js';
import { median, rounded } from '../kit/statistics.js';
import { writeBooks, type Books } from './books.js';
import { playDay } from './day.js';
import type { JoinReply } from './join-program.js';

const joins = 3;

/** The floor, cold the first time. */
async function joinSeconds(books: Books): Promise<number> {
  return withProgramOf('reconciliation', 'join', async (program) => {
    const replies: JoinReply[] = [];
    for (let nth = 0; nth < joins; nth++) replies.push(await program.ask<JoinReply>(books));
    return median(replies.map(({ seconds }) => seconds));
  });
}

const directory = mkdtempSync(join(tmpdir(), 'axion-bench-books-'));
try {
  const [small, large] = [
    await writeBooks(directory, scaled(100_000)),
    await writeBooks(directory, scaled(1_000_000)),
  ];
  const few = await playDay(small);
  print(`${small.rows.toLocaleString('en-US')} rows a side: ${rounded(few.seconds)} s`);
  const many = await playDay(large);
  print(`${large.rows.toLocaleString('en-US')} rows a side: ${rounded(many.seconds)} s`);
  const floor = await joinSeconds(large);
  report({
    bench: 'reconciliation',
    rates: { rowsPerSecond: Math.round((large.expected.internal + large.expected.broker) / many.seconds) },
    ratios: { totalPerDuckdbJoin: rounded(many.seconds / floor) },
    growth: { total: rounded(many.seconds / few.seconds) },
    counts: {
      rowsASide: large.rows,
      totalSeconds: rounded(many.seconds),
      importSeconds: rounded(many.importSeconds),
      runSeconds: rounded(many.runSeconds),
      reportSeconds: rounded(many.reportSeconds),
      duckdbJoinSeconds: rounded(floor),
    },
    peakMiB: Math.round(many.peakMiB),
    correct: few.correct && many.correct,
  });
} finally {
  rmSync(directory, { recursive: true, force: true });
}
