import { pathToFileURL } from 'node:url';
import { worldAt } from '../world/folders.js';
import { House, type Happening } from '../world/house.js';

/** One life of the process: node, client, links and sealer in one, so that a kill strikes all of them. */
export interface HonestOrder {
  readonly root: string;
  /** Of what this life writes: streams hold versions beside one another, as after an upcast. */
  readonly schema: number;
  readonly events: number;
}

/** What was acknowledged since the last report. */
export interface HonestReport {
  readonly written: number;
  readonly receipts: readonly string[];
  readonly checkpoints: readonly string[];
}

export const honestClient = 'acme';
const workspaces = [honestClient, 'beta', 'gamma', 'delta'];
const streamsPerWorkspace = 25;
const eventsPerAppend = 20;
const appendsPerReport = 5;

async function live({ root, schema, events }: HonestOrder): Promise<void> {
  const house = await House.open(worldAt(root));
  const writing = { ended: false };
  const sealing = sealUntil(house, writing);
  let written = 0;
  let number = 0;
  while (written < events) {
    const appends = Array.from({ length: appendsPerReport }, () => appendOne(house, schema, number++));
    const [receipt] = await Promise.all(appends);
    const reported = appendsPerReport * eventsPerAppend;
    written += reported;
    report({ written: reported, receipts: receipt === undefined ? [] : [receipt], checkpoints: [] });
  }
  writing.ended = true;
  await sealing;
  await house.close();
}

function appendOne(house: House, schema: number, number: number): Promise<string> {
  const workspace = workspaces[number % workspaces.length] ?? honestClient;
  const stream = Math.floor(number / workspaces.length) % streamsPerWorkspace;
  const happenings = Array.from({ length: eventsPerAppend }, (_, index): Happening => {
    const amount = `${number}.${String(index).padStart(2, '0')}`;
    const data = schema === 1 ? { amount } : { amount: { value: amount, currency: 'EUR' } };
    return { type: 'AmountStated', schema, data };
  });
  return house.happen('source', workspace, `account-${stream}`, happenings);
}

/** One sealer as the product runs it: again and again, until nothing new comes any more. */
async function sealUntil(house: House, writing: { readonly ended: boolean }): Promise<void> {
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
/** Small, so that a death often strikes the sealer in the middle of a seal. */
const mostLeaves = 250;

function report(message: HonestReport): void {
  process.send?.(message);
}

const [, entry = '', order] = process.argv;
if (import.meta.url === pathToFileURL(entry).href && order !== undefined)
  await live(JSON.parse(order) as HonestOrder);
