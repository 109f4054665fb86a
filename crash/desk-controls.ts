import type { JsonObject } from '../domain/kernel/json.js';
import type { StoredEvent } from '../domain/kernel/ports/event-log.js';
import { listOf, objectOf, textOf } from './oracle/effects.js';
import { append, newestOf, type Control } from './plants.js';

/** In no stream but those that are planted. */
const id = 'planted';
const nothing = '0'.repeat(64);
const oneRow = { sha256: nothing, bytes: 1, rows: 1 };

/** One violation for each check of what becomes of breaks after a run. */
export const deskControls: readonly Control[] = [
  {
    kind: 'doubled',
    says: /BreakResolved, but it is closed/,
    plant: async (stores) => {
      // The first of the two may be right: the break may be open again.
      const resolved = await newestOf(stores, 'BreakResolved');
      await append(stores, resolved);
      await append(stores, resolved);
    },
  },
  {
    kind: 'doubled',
    says: /BreakOpened, but it was opened before/,
    plant: async (stores) => append(stores, await newestOf(stores, 'BreakOpened')),
  },
  {
    kind: 'doubled',
    says: /^doubled: break-.* answers .* twice/,
    plant: async (stores) => append(stores, await newestOf(stores, 'BreakEscalated')),
  },
  {
    kind: 'lost',
    says: /is not what its run found/,
    plant: async (stores) => append(stores, await newestOf(stores, 'BreakOpened'), { id }),
  },
  {
    kind: 'doubled',
    says: /^doubled: run-.* found break \d+ twice/,
    plant: async (stores) => append(stores, await newestOf(stores, 'BreaksFound')),
  },
  {
    kind: 'saga',
    says: /breakBulk-crash\.planted: its bulk has no outcome/,
    plant: async (stores) =>
      append(stores, await newestOf(stores, 'BreakBulkRequested'), {
        id,
        data: { bulkId: id, action: { kind: 'comment', text: id }, breaks: oneRow },
      }),
  },
  {
    // The same one, after the plant before it.
    kind: 'lost',
    says: /the bulk planted of 1 breaks was answered by 0/,
    plant: async (stores) =>
      append(stores, await newestOf(stores, 'BreakBulkCompleted'), { id, data: { bulkId: id, breaks: 1 } }),
  },
  {
    kind: 'drift',
    says: /shows .*, its breaks say/,
    plant: async (stores) => append(stores, await newestOf(stores, 'BreakEscalated')),
  },
  {
    kind: 'doubled',
    says: /its report has two outcomes/,
    plant: async (stores) => append(stores, await newestOf(stores, 'ReportIssued')),
  },
  {
    kind: 'lost',
    says: /its csv is not what was issued/,
    plant: async (stores) => {
      const issued = await newestOf(stores, 'ReportIssued');
      const csv = { ...objectOf(objectOf(issued.data)['csv']), sha256: nothing };
      await append(stores, issued, { id, data: { csv } });
    },
  },
  {
    kind: 'lost',
    says: /the match planted, of the break .*, did nothing to it/,
    plant: async (stores) =>
      append(stores, await newestOf(stores, 'RecordsMatchedByHand'), { data: { matchId: id } }),
  },
  {
    // By the same match, after the plant before it.
    kind: 'lost',
    says: /the match planted, .* was undone, and what was open again is what another one cleared/,
    plant: async (stores) => {
      const breakId = breakOf(await newestOf(stores, 'RecordsMatchedByHand'));
      const data = { breakId, bulkId: `${id}.undone` };
      await append(stores, await newestOf(stores, 'BreakReopened'), { id: breakId, data });
    },
  },
  {
    kind: 'lost',
    says: /was undone, and the break is cleared/,
    plant: async (stores) => {
      const undone = await newestOf(stores, 'HandMatchUndone');
      const breakId = breakOf(undone);
      const data = { breakId, handMatch: textOf(objectOf(undone.data)['matchId']), bulkId: id };
      await append(stores, await newestOf(stores, 'BreakCleared'), { id: breakId, data });
    },
  },
  {
    kind: 'lost',
    says: /the bulk planted\.cleared is of null breaks, promised for 1/,
    plant: async (stores) => {
      const completed = await newestOf(stores, 'RunCompleted');
      const manifest = { ...objectOf(objectOf(completed.data)['manifest']), cleared: oneRow };
      await append(stores, completed, { id, data: { runId: id, manifest } });
    },
  },
  {
    // The same run, after the plant before it.
    kind: 'lost',
    says: /the rule planted is for 1 breaks, and was applied 0 times/,
    plant: async (stores) => {
      const found = await newestOf(stores, 'BreaksFound');
      const breaks = listOf(objectOf(found.data)['breaks']).slice(0, 1);
      const resolutionRules = breaks.map(({ type, currency, account, notional }) => ({
        name: id,
        version: 1,
        rule: { types: [type ?? null], currency, account, notionalUpTo: notional },
      })) as JsonObject[];
      await append(stores, await newestOf(stores, 'RunRequested'), {
        id,
        data: { runId: id, resolutionRules },
      });
      await append(stores, found, { id, data: { runId: id, breaks } });
    },
  },
];

/** The first break of a match that was made by hand. */
function breakOf({ data }: StoredEvent): string {
  return textOf(listOf(objectOf(data)['breaks'])[0]?.['breakId']);
}
