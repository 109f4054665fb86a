import { pathToFileURL } from 'node:url';
import { worldAt } from '../world/folders.js';
import { House, type Happening } from '../world/house.js';

/** One life of the process: node, client, links and sealer in one, so that a kill strikes all of them. */
export interface HonestOrder {
  readonly root: string;
  /** Of what this life writes: streams hold versions beside one another, as after an upcast. */
  readonly schema: number;
  readonly events: number;
  /** In one seal. */
  readonly mostLeaves: number;
}

/** What was acknowledged since the last report. */
export interface HonestReport {
  readonly written: number;
  readonly receipts: readonly string[];
  readonly checkpoints: readonly string[];
}

export const honestClient = 'acme';
const workspaces = [honestClient, 'beta', 'gamma', 'delta'];
const streamsPerWorkspace = 32;
/** Each has streams of its own. */
const writers = 16;
const eventsPerAppend = 50;

async function live({ root, schema, events, mostLeaves }: HonestOrder): Promise<void> {
  const house = await House.open(worldAt(root));
  const writing = { ended: false };
  const sealing = sealUntil(house, writing, mostLeaves);
  const left = { appends: Math.ceil(events / eventsPerAppend) };
  await Promise.all(Array.from({ length: writers }, (_none, writer) => write(house, schema, writer, left)));
  writing.ended = true;
  await sealing;
  await house.close();
}

/** Appends to its own streams, one after another, as long as there is something left to append. */
async function write(house: House, schema: number, writer: number, left: { appends: number }): Promise<void> {
  for (let round = 0; left.appends > 0; round++) {
    left.appends -= 1;
    const receipt = await appendOne(house, schema, writer, round);
    const isKept = round % keptReceipts === 0;
    report({ written: eventsPerAppend, receipts: isKept ? [receipt] : [], checkpoints: [] });
  }
}

function appendOne(house: House, schema: number, writer: number, round: number): Promise<string> {
  const workspace = workspaces[writer % workspaces.length] ?? honestClient;
  const writersHere = writers / workspaces.length;
  const place = Math.floor(writer / workspaces.length);
  const stream = place + writersHere * (round % (streamsPerWorkspace / writersHere));
  const happenings = Array.from({ length: eventsPerAppend }, (_, index): Happening => {
    const amount = `${round}.${String(index).padStart(2, '0')}`;
    const data = schema === 1 ? { amount } : { amount: { value: amount, currency: 'EUR' } };
    return { type: 'AmountStated', schema, data };
  });
  return house.happen('source', workspace, `account-${stream}`, happenings);
}

/** One sealer as the product runs it: again and again, until nothing new comes any more. */
async function sealUntil(
  house: House,
  writing: { readonly ended: boolean },
  mostLeaves: number,
): Promise<void> {
  const sealer = house.sealer(house.log, mostLeaves);
  for (;;) {
    const { ended } = writing;
    const turn = await sealer.turn();
    if (turn.kind === 'sealed') report({ written: 0, receipts: [], checkpoints: [turn.seal.checkpoint] });
    else if (ended) return;
    else await new Promise((resolve) => setTimeout(resolve, lookAgainMs));
  }
}

const lookAgainMs = 20;
/** One of so many is remembered, and held against the log in the end. */
const keptReceipts = 8;

function report(message: HonestReport): void {
  process.send?.(message);
}

const [, entry = '', order] = process.argv;
if (import.meta.url === pathToFileURL(entry).href && order !== undefined)
  await live(JSON.parse(order) as HonestOrder);
