import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { anchoringOf, type Anchoring } from '../../infra/audit/publishing/anchoring.js';
import { AnchorDirectory } from '../../infra/audit/publishing/anchor-directory.js';
import { readCheckpointFile } from '../../infra/audit/publishing/checkpoint-file.js';
import { openReceipt } from '../../infra/audit/receipts/receipt.js';
import { AxionError } from '../../domain/kernel/errors.js';
import type { HeldCheckpoint } from '../../infra/audit/verify/check-checkpoints.js';
import { leafResults } from '../../infra/audit/verify/leaf-results.js';
import { readVerifiedState, writeVerifiedState } from '../../infra/audit/verify/state-file.js';
import { verifyAudit, type AuditReport } from '../../infra/audit/verify/verify-audit.js';
import { VerifierThreads } from '../../infra/audit/verify/verifier-threads.js';
import { verifyLinks, type LinkReport } from '../../infra/audit/verify-links.js';
import { logNameOf } from '../../infra/audit/sealing/sealer.js';
import { readOrigin } from '../../infra/eventstore/origin.js';
import { tilesOf } from '../config/audit.js';
import { leafFilters, newestFilter } from '../config/audit-filters.js';
import { bundled } from '../config/compiled.js';
import type { Configuration } from '../config/configuration.js';
import { auditedCategories } from '../config/contexts.js';
import { auditDirectoryOf } from '../config/data-directories.js';
import type { StoreUrls } from '../config/platform.js';
import { ownPolicy, readPolicy, type AuditPolicy } from './audit-policy.js';
import { Misuse, exitCodes } from './exit-codes.js';
import { withStores, type Stores } from './stores.js';
import { print, progressBar, table } from './terminal.js';

export interface VerifyOptions {
  readonly json: boolean;
  /** From the beginning, whatever was verified before. */
  readonly full: boolean;
  /** Threads that verify, 1 to 64. */
  readonly jobs: number;
  /** Files. */
  readonly policy?: string;
  readonly state?: string;
  readonly checkpoints: readonly string[];
  readonly receipts: readonly string[];
}

interface Verification extends Omit<AuditReport, 'state'> {
  readonly anchoring: Anchoring;
  readonly pinned: boolean;
}

/** So many of the anchored checkpoints an incremental run compares, the newest ones. */
const anchorsLooked = 100;

/** Checks the links, and every event against the leaf that was sealed of it; goes on where the last run ended. */
export async function verify(configuration: Configuration, options: VerifyOptions): Promise<number> {
  const report = await withStores(configuration, (stores) => verifyAll(configuration, stores, options));
  const { holds, links, log, anchoring, pinned } = report;
  print(options.json ? JSON.stringify({ holds, ...links, log, anchoring, pinned }) : describe(report));
  return holds ? exitCodes.holds : exitCodes.violated;
}

/** The links alone. */
export async function verifyStores({ log }: Stores): Promise<LinkReport> {
  const progress = progressBar('verifying', await log.head());
  const report = await verifyLinks(log, {
    audited: auditedCategories,
    onProgress: (position, events) => progress.show(position, events),
  });
  progress.done();
  return report;
}

async function verifyAll(
  configuration: Configuration,
  { log, urls }: Stores,
  options: VerifyOptions,
): Promise<Verification> {
  const directory = auditDirectoryOf(configuration);
  const tiles = tilesOf(configuration);
  const origin = await readOrigin(log);
  const name = origin === undefined ? '' : logNameOf(origin);
  const policy =
    options.policy === undefined
      ? await ownPolicy(configuration, origin ?? '', tiles)
      : readPolicy(options.policy);
  const statePath = options.state ?? join(directory, 'verified.json');
  const from = options.full ? undefined : await readVerifiedState(statePath);
  const held = await heldCheckpoints(configuration, options);
  const receipts = options.receipts.map((file) => readReceipt(file, policy));
  const progress = progressBar('verifying', await log.head());
  const threads = verifierThreads(options.jobs, urls, directory);
  let report: AuditReport;
  try {
    report = await verifyAudit({
      log,
      tiles,
      filters: leafFilters,
      newestFilter,
      keys: policy.keys,
      held,
      receipts,
      ...(from && { from }),
      ...(threads && { beside: threads }),
      onProgress: (position, events) => progress.show(position, events),
    });
  } finally {
    await threads?.stop();
    progress.done();
  }
  const { state, ...found } = report;
  if (state) await writeVerifiedState(statePath, state);
  const anchoring = anchoringOf(await readCheckpointFile(directory, 'cosigned'), policy.witnesses);
  const faults = [...found.log.faults, ...faultsAgainst(policy, name, anchoring)];
  const holds = found.holds && faults.length === 0;
  return { ...found, log: { ...found.log, faults }, holds, anchoring, pinned: policy.pinned };
}

/** One job is this thread's own. */
function verifierThreads(
  jobs: number,
  { eventStoreUrl }: StoreUrls,
  auditDirectory: string,
): VerifierThreads | undefined {
  if (jobs === 1) return undefined;
  const entry = bundled('apps/cli/verify-thread.js');
  return new VerifierThreads({ entry, places: jobs, sources: { eventStoreUrl, auditDirectory } });
}

/** What was published, cosigned, anchored and handed in: the log must begin with each. */
async function heldCheckpoints(
  configuration: Configuration,
  { checkpoints, full }: VerifyOptions,
): Promise<readonly HeldCheckpoint[]> {
  const directory = auditDirectoryOf(configuration);
  const held: HeldCheckpoint[] = checkpoints.map((file) => ({ holder: file, note: readText(file) }));
  const published = await readCheckpointFile(directory, 'sealed');
  if (published !== undefined) held.push({ holder: 'the published checkpoint', note: published });
  const cosigned = await readCheckpointFile(directory, 'cosigned');
  if (cosigned !== undefined) held.push({ holder: 'the cosigned checkpoint', note: cosigned });
  const { anchorDirectory } = configuration.audit;
  const kept = anchorDirectory === undefined ? [] : await new AnchorDirectory(anchorDirectory).kept();
  for (const note of full ? kept : kept.slice(-anchorsLooked))
    held.push({ holder: 'an anchored checkpoint', note });
  return held;
}

function readReceipt(file: string, { keys }: AuditPolicy): ReturnType<typeof openReceipt> {
  try {
    return openReceipt(readText(file), keys);
  } catch (error) {
    if (error instanceof AxionError) throw new Misuse(`${file}: ${error.message}`);
    throw error;
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new Misuse(`${file} cannot be read`);
  }
}

function faultsAgainst({ origin, quorum }: AuditPolicy, name: string, { state }: Anchoring): string[] {
  const faults: string[] = [];
  if (origin !== undefined && origin !== name)
    faults.push(`the log is ${name}, and the policy is of ${origin}`);
  const cosigned = Number(/^WITNESSED\((\d+)/.exec(state)?.[1] ?? 0);
  if (cosigned < quorum)
    faults.push(`${cosigned} of the ${quorum} witnesses that the policy demands cosigned`);
  return faults;
}

function describe({ links, log, anchoring, pinned, holds }: Verification): string {
  const counts = leafResults
    .filter((result) => log.leaves[result] > 0 || result === 'OK')
    .map((result) => [result, log.leaves[result]] as const);
  const sealed = table([
    ['The log', ''],
    ['leaves of the origin', log.size],
    ['anchoring', anchoring.state],
    ...counts,
  ]);
  const skipped = log.skipped
    ? `\nThe first ${log.skipped.leaves.toLocaleString('en-US')} of them were verified before, up to position ${log.skipped.to}, and not read again: --full reads them.`
    : '';
  const first = log.first
    ? `\n\n${log.first.result}: ${log.first.stream}, revision ${log.first.revision}, position ${log.first.position}: ${log.first.reason}.`
    : '';
  const faults = log.faults.map((fault) => `\nFAULT: ${fault}.`).join('');
  const keys = pinned ? '' : '\nThe keys are those that the log itself names: give your own with --policy.';
  const verdict = holds ? '\n\nEvery event is what was sealed.' : '\n\nVIOLATED.';
  return `${describeLinks(links)}\n\n${sealed}${skipped}${first}${faults}${keys}${verdict}`;
}

export function describeLinks({
  events,
  streams,
  bookkeeping,
  passedOver,
  violations,
  origin,
}: LinkReport): string {
  const summary = table([
    ['The chain', ''],
    ['origin', origin ?? 'none yet'],
    ['linked events', events],
    ['streams', streams],
    ['bookkeeping streams', bookkeeping],
    ['streams passed over', passedOver.length],
    ['violations', violations.length],
  ]);
  const [first] = violations;
  if (!first) return `${summary}\n\nEvery link and every id holds.`;
  return `${summary}\n\nVIOLATED, first at ${first.stream}, revision ${first.revision}, position ${first.position} (${first.type}): ${first.fault}.`;
}
