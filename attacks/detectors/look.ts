import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AxionError, messageOf } from '../../domain/kernel/errors.js';
import { categoriesOfFilter, leafFilters, newestFilter } from '../../apps/config/audit-filters.js';
import { decodeVerifierKey, type VerifierKey } from '../../infra/audit/notes/note-key.js';
import { openReceipt, type Receipt } from '../../infra/audit/receipts/receipt.js';
import { checkReceipts } from '../../infra/audit/verify/check-receipts.js';
import { LeafResults } from '../../infra/audit/verify/leaf-results.js';
import { verifyAudit } from '../../infra/audit/verify/verify-audit.js';
import { verifyLinks } from '../../infra/audit/verify-links.js';
import { faultOf, hashOf, type ChainLink } from '../../infra/eventstore/chain.js';
import { exportFrom, verdictOn } from '../world/exports.js';
import { auditorsCheckpoint, client, policyOf, receiptFiles, receiptsOf } from '../world/honest-world.js';
import { House } from '../world/house.js';
import type { World } from '../world/folders.js';
import { OutsideWitness } from '../world/outside-witness.js';
import type { Place, DetectorName, Finding } from './finding.js';

export interface Look {
  /** The client had seen all its receipts' events sealed when it asked for the export. */
  readonly exportHoldsTail: boolean;
}

/** Everybody looks at a world, each with what is in its own hands. */
export async function lookAt(world: World, { exportHoldsTail }: Look): Promise<readonly Finding[]> {
  const house = await House.open(world);
  try {
    const key = pinnedKey(world);
    return [
      ...(await byLinks(house)),
      ...(await byLog(house, key, readFileSync(auditorsCheckpoint(world), 'utf8'))),
      ...(await byReceipts(
        house,
        receiptsOf(world).map((receipt) => openReceipt(receipt, [key])),
      )),
      ...(await byWitness(house, key)),
      ...(await byExport(
        house,
        client,
        policyOf(world),
        receiptFiles(world, exportHoldsTail ? ['sealed', 'unsealed'] : ['sealed']),
      )),
      ...(await bySealer(house)),
    ];
  } finally {
    await house.close();
  }
}

/** Known to everybody outside, and never taken from the house. */
export function pinnedKey(world: World): VerifierKey {
  const { keys } = JSON.parse(readFileSync(policyOf(world), 'utf8')) as { readonly keys: readonly string[] };
  return decodeVerifierKey(keys[0] ?? '');
}

export async function byLinks({ log }: House): Promise<readonly Finding[]> {
  const audited = new Set(categoriesOfFilter[newestFilter]);
  const [first] = (await verifyLinks(log, { audited })).violations;
  return first ? [found('links', first.fault, first)] : [];
}

/** What `axion verify` says of the sealed leaves, and what it says to a checkpoint that somebody held. */
export async function byLog(
  { log, tiles }: House,
  key: VerifierKey,
  ...checkpoints: readonly string[]
): Promise<readonly Finding[]> {
  const holder = 'an earlier checkpoint';
  try {
    const report = await verifyAudit({
      log,
      tiles,
      filters: leafFilters,
      newestFilter,
      keys: [key],
      held: checkpoints.map((note) => ({ holder, note })),
    });
    const { first, faults } = report.log;
    const isHeld = (fault: string): boolean => fault.startsWith(holder);
    const own = faults.find((fault) => !isHeld(fault));
    const held = faults.find(isHeld);
    return [
      ...(first ? [found('log', `${first.result}: ${first.reason}`, first)] : []),
      ...(first === null && own !== undefined ? [found('log', own)] : []),
      ...(held === undefined ? [] : [found('checkpoint', held)]),
    ];
  } catch (error) {
    return [found('log', refusal(error))];
  }
}

/** The event must stand, be what the receipt says that it is, and hash to that. */
export async function byReceipts(
  { log, origin }: House,
  receipts: readonly Receipt[],
): Promise<readonly Finding[]> {
  const results = new LeafResults();
  await checkReceipts(log, receipts, results);
  const { first } = results;
  if (first) return [found('receipts', `${first.result}: ${first.reason}`, first)];
  for (const stream of new Set(receipts.map((receipt) => receipt.stream))) {
    const own = receipts.filter((receipt) => receipt.stream === stream);
    const owed = new Map(own.map(({ revision, position }) => [revision, position]));
    let last: ChainLink | undefined;
    for await (const event of log.read(stream)) {
      const revision = event.revision.toString();
      const position = owed.get(revision);
      const fault = position === undefined ? undefined : faultOf(event, origin, last);
      if (position !== undefined && fault !== undefined)
        return [found('receipts', fault, { stream, revision, position })];
      last = { revision: event.revision, hash: hashOf(event) ?? '' };
    }
  }
  return [];
}

export async function byWitness(house: House, key: VerifierKey): Promise<readonly Finding[]> {
  try {
    const answer = await new OutsideWitness(house.world.witness).look(house, key);
    switch (answer.kind) {
      case 'cosigned':
        return [];
      case 'inconsistent':
        return [found('witness', 'does not cosign: the log does not begin with what it cosigned before')];
      case 'elsewhere':
        return [found('witness', `does not cosign: it saw ${answer.size} leaves before`)];
      default:
        return [found('witness', `does not cosign: ${answer.kind}`)];
    }
  } catch (error) {
    return [found('witness', refusal(error))];
  }
}

/** A new export, checked by the receiver's own policy and with a client's receipts. */
export async function byExport(
  house: House,
  workspace: string,
  policy: string,
  receipts: readonly string[],
): Promise<readonly Finding[]> {
  const directory = join(house.world.root, 'export');
  try {
    await exportFrom(house, workspace, directory);
  } catch (error) {
    return [found('export', `cannot be made: ${refusal(error)}`)];
  }
  return findingOf(await verdictOn(directory, policy, receipts));
}

/** An export that somebody changed on its way. */
export async function byReceiver(directory: string, policy: string): Promise<readonly Finding[]> {
  return findingOf(await verdictOn(directory, policy));
}

function findingOf({ holds, offence }: Awaited<ReturnType<typeof verdictOn>>): readonly Finding[] {
  if (holds) return [];
  const { stream, revision = '', position = '', reason = 'no reason' } = offence ?? {};
  return [found('export', reason, stream === undefined ? undefined : { stream, revision, position })];
}

/** The sealer starts, and seals what is new: where it cannot, nothing is signed any more. */
async function bySealer(house: House): Promise<readonly Finding[]> {
  try {
    await house.seal();
    return [];
  } catch (error) {
    return [found('sealer', refusal(error), placeIn(error))];
  }
}

function found(by: DetectorName, says: string, place?: Place): Finding {
  return { by, says, place: place && placeOf(place) };
}

function placeOf({ stream, revision, position }: Place): Place {
  return { stream, revision, position };
}

/** @throws what is no refusal of the product */
function refusal(error: unknown): string {
  if (error instanceof AxionError) return messageOf(error);
  throw error;
}

function placeIn(error: unknown): Place | undefined {
  const details: object = error instanceof AxionError ? error.details : {};
  const { stream, revision, position } = details as Partial<Place>;
  return stream !== undefined && revision !== undefined && position !== undefined
    ? { stream, revision, position }
    : undefined;
}
