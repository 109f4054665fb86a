import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../domain/kernel/json.js';
import type { StreamName } from '../../domain/kernel/names.js';
import { canonicalJson } from '../../infra/eventstore/canonical-json.js';
import { linkEvents } from '../../infra/eventstore/chain.js';
import { unlinkedOf } from '../disk/forging.js';

/** A line of `leaves.ndjson` that is an event. */
interface Line {
  readonly entry: Readonly<Record<string, string>>;
  readonly event: {
    readonly stream: string;
    readonly revision: string;
    readonly id: string;
    readonly type: string;
    readonly data: JsonObject;
    readonly metadata: Readonly<Record<string, string>>;
  };
}

const victim = 'source-acme.ledger';
const middle = 4;
const isVictim = ({ entry }: Line): boolean => entry['stream'] === victim;
const isMiddle = (line: Line): boolean => isVictim(line) && line.entry['rev'] === String(middle);

export const editInPlace = edit((lines) => lines.map((line) => (isMiddle(line) ? richer(line) : line)));

export const editAndRelink = edit((lines) =>
  relinked(lines.map((line) => (isMiddle(line) ? richer(line) : line))),
);

export const deleteMidStream = edit((lines) => relinked(lines.filter((line) => !isMiddle(line))));

export const cutHead = edit((lines) =>
  relinked(lines.filter((line) => !isVictim(line) || Number(line.entry['rev']) >= 2)),
);

export const cutTail = edit((lines) =>
  lines.filter((line) => !isVictim(line) || Number(line.entry['rev']) < middle),
);

export const deleteStream = edit((lines) => lines.filter((line) => !isVictim(line)));

export const reorder = edit((lines) => {
  const own = lines.filter(isVictim);
  const [one, other] = [own[middle], own[middle + 1]];
  if (!one || !other) throw new Error('the stream is too short');
  const swapped = new Map([
    [one, saying(one, other)],
    [other, saying(other, one)],
  ]);
  return relinked(lines.map((line) => swapped.get(line) ?? line));
});

export const backdatedInsert = edit((lines) =>
  relinked(
    lines.flatMap((line) => {
      if (!isMiddle(line)) return [line];
      const pos = String(Number(line.entry['pos']) - 1);
      const before = richer({ ...line, entry: { ...line.entry, pos, pre: pos } });
      return [before, line];
    }),
  ),
);

/** The trail of one workspace handed over as that of another. */
export function asAnothers(directory: string): void {
  const path = join(directory, 'manifest.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as JsonObject;
  writeFileSync(path, JSON.stringify({ ...manifest, workspace: 'beta' }));
}

function edit(change: (lines: readonly Line[]) => readonly Line[]): (directory: string) => void {
  return (directory) => {
    const path = join(directory, 'leaves.ndjson');
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    const changed = change(lines.map((line) => JSON.parse(line) as Line));
    writeFileSync(path, changed.map((line) => `${canonicalJson({ ...line })}\n`).join(''));
  };
}

function richer(line: Line): Line {
  return { ...line, event: { ...line.event, data: { ...line.event.data, amount: '9999.99' } } };
}

function saying(place: Line, { event: { type, data, metadata } }: Line): Line {
  return { ...place, event: { ...place.event, type, data, metadata } };
}

/** Numbers and links the victim's lines anew, and lets their leaves say so. */
function relinked(lines: readonly Line[]): readonly Line[] {
  const own = lines.filter(isVictim);
  const origin = own[0]?.event.metadata['a.origin'] ?? '';
  const linked = linkEvents(
    origin,
    // The stream is one that the export holds.
    victim as StreamName,
    undefined,
    own.map(({ event: { type, data, metadata } }) => unlinkedOf(type, data, metadata)),
  );
  let next = 0;
  return lines.map((line) => {
    if (!isVictim(line)) return line;
    const rev = String(next);
    const { id = '', type = '', metadata = {} } = linked[next++] ?? {};
    const hashed = Object.fromEntries(
      Object.entries(metadata as Record<string, string>).filter(([key]) => key.startsWith('a.')),
    );
    const { 'a.h': h = '', 'a.ph': ph = '' } = hashed;
    return {
      entry: { ...line.entry, rev, id, type, h, ph },
      event: { ...line.event, revision: rev, id, type, metadata: hashed },
    };
  });
}
