import { cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeVerifierKey } from '../../infra/audit/notes/note-key.js';
import { exportFrom } from './exports.js';
import { worldAt, type World } from './folders.js';
import { House } from './house.js';
import { OutsideWitness, witnessKey } from './outside-witness.js';

/** Whose client keeps its receipts, and who receives an export. */
export const client = 'acme';
const workspaces = [client, 'beta', 'gamma'];
const streams = [
  ['source', 'ledger'],
  ['source', 'bank'],
  ['run', 'daily'],
] as const;
const eventsPerPhase = 99;
const eventsUnsealed = 18;

/**
 * Some workspaces in three phases: sealed, cosigned and backed up; sealed, cosigned, exported and seen by an auditor;
 * not sealed yet. The client keeps the receipt of every command to its ledger.
 */
export async function makeHonestWorld(root: string): Promise<World> {
  const world = worldAt(root);
  for (const directory of [world.store, world.audit, world.keys, world.elsewhere])
    mkdirSync(directory, { recursive: true });
  const witness = new OutsideWitness(world.witness);
  const sealed: string[] = [];
  const unsealed: string[] = [];
  const first = await House.open(world);
  await happenMany(first, 0, eventsPerPhase, sealed);
  const { verifier } = await first.keys.newest();
  await first.seal();
  await witness.look(first, verifier);
  await first.close();
  for (const name of ['store', 'audit'] as const)
    cpSync(world[name], join(world.backup, name), { recursive: true });

  const house = await House.open(world);
  await happenMany(house, eventsPerPhase, eventsPerPhase, sealed);
  await house.seal();
  await witness.look(house, verifier);
  writeFileSync(auditorsCheckpoint(world), (await house.checkpoint()) ?? '');
  await exportFrom(house, client, receivedExport(world));
  await happenMany(house, 2 * eventsPerPhase, eventsUnsealed, unsealed);
  keepReceipts(world, 'sealed', sealed);
  keepReceipts(world, 'unsealed', unsealed);
  const policy = {
    origin: house.name,
    keys: [encodeVerifierKey(verifier)],
    witnesses: [encodeVerifierKey(witnessKey.verifier)],
    quorum: 1,
  };
  writeFileSync(policyOf(world), JSON.stringify(policy));
  await house.close();
  return world;
}

async function happenMany(house: House, from: number, count: number, receipts: string[]): Promise<void> {
  for (let index = from; index < from + count; index++) {
    const workspace = workspaces[index % workspaces.length] ?? client;
    const [category, id] = streams[Math.floor(index / workspaces.length) % streams.length] ?? streams[0];
    const data = { number: index, amount: `${index}.50`, currency: 'EUR' };
    const receipt = await house.happen(category, workspace, id, [{ type: 'AmountStated', schema: 1, data }]);
    if (workspace === client && id === 'ledger') receipts.push(receipt);
  }
}

export function auditorsCheckpoint({ elsewhere }: World): string {
  return join(elsewhere, 'auditor.checkpoint');
}

export function receivedExport({ elsewhere }: World): string {
  return join(elsewhere, 'export');
}

/** Receipts of what was sealed when the client looked last, and of what was not yet. */
export type ReceiptKind = 'sealed' | 'unsealed';

function keepReceipts(world: World, kind: ReceiptKind, receipts: readonly string[]): void {
  const directory = receiptsIn(world, kind);
  mkdirSync(directory, { recursive: true });
  receipts.forEach((receipt, index) => writeFileSync(join(directory, `${index}.receipt`), receipt));
}

function receiptsIn({ elsewhere }: World, kind: ReceiptKind): string {
  return join(elsewhere, 'receipts', kind);
}

/** Files, each one receipt. */
export function receiptFiles(world: World, kinds: readonly ReceiptKind[]): readonly string[] {
  return kinds.flatMap((kind) =>
    readdirSync(receiptsIn(world, kind)).map((name) => join(receiptsIn(world, kind), name)),
  );
}

export function receiptsOf(world: World): readonly string[] {
  return receiptFiles(world, ['sealed', 'unsealed']).map((file) => readFileSync(file, 'utf8'));
}

export function policyOf({ elsewhere }: World): string {
  return join(elsewhere, 'policy.json');
}
