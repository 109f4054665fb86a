import { hash } from 'node:crypto';
import { formatDecimal, type Decimal } from '../../domain/kernel/decimal.js';
import type { JsonObject } from '../../domain/kernel/json.js';
import type { SeededRandom } from '../../infra/embedded/crash/random.js';
import type { HttpClient } from '../../test/harness/http-client.js';
import { objectOf, symbolOfTrace } from '../oracle/effects.js';
import type { Books } from './books.js';
import type { KeyedRequest } from './keyed-requests.js';

export const reconciliation = '/v1/reconciliation';
export const brokerSource = 'broker-csv';
const internalSource = 'axion-csv';

/** Before, in and after the window in which the sample's trades settle; runs are mostly asked for before it. */
const moments = [
  '2024-06-12T21:30:00.000Z',
  '2024-06-12T22:00:00.000Z',
  '2024-06-12T23:00:00.000Z',
  '2024-06-13T04:00:00.000Z',
  '2024-06-13T16:00:00.000Z',
  '2024-06-13T19:09:00.000Z',
  '2024-06-13T19:10:00.000Z',
  '2024-06-14T12:00:00.000Z',
] as const;
const afterEverything = '2024-06-20T00:00:00.000Z';
const stepMs = 6 * 3_600_000;
const beyondAllNets = '000000000000';

const affirmationRefusals = [
  'reconciliation.settlement-finished',
  'reconciliation.past-cut-off',
  'reconciliation.affirmed-too-much',
];

/** Makes requests whose effects are all told apart: each holds a number that no other one does. */
export class Requests {
  private made = 0;

  /** @param prefix of every key: of this data directory */
  constructor(
    private readonly prefix: string,
    /** The owner, in no workspace. */
    readonly root: HttpClient,
    /** In the workspace of the load. */
    readonly member: HttpClient,
    private readonly books: Books,
  ) {}

  workspace(id: string): KeyedRequest {
    return {
      key: this.nextKey(),
      client: this.root,
      path: '/v1/tenancy/workspaces',
      ask: { json: { id, name: `Crash test ${id}` } },
      effect: { type: 'WorkspaceCreated', trace: id },
    };
  }

  newWorkspace(): KeyedRequest {
    return this.workspace(`w-${this.made + 1}`);
  }

  source(name: string): KeyedRequest {
    const key = this.nextKey();
    return {
      key,
      client: this.member,
      path: `${reconciliation}/sources`,
      ask: { json: { ...this.books.brokerProfile, name, symbols: this.symbols(key) } },
      effect: { type: 'SourceRegistered', trace: key },
    };
  }

  upload(side: 'internal' | 'broker', content: string): KeyedRequest {
    const source = side === 'internal' ? internalSource : brokerSource;
    return {
      key: this.nextKey(),
      client: this.member,
      path: `${reconciliation}/uploads?side=${side}&source=${source}`,
      ask: { raw: content, headers: { 'content-type': 'text/csv' } },
      effect: { type: 'UploadRecorded', trace: hash('sha256', content) },
    };
  }

  /** @param terms all but the books */
  run(internal: string, broker: string, terms: JsonObject): KeyedRequest {
    return {
      key: this.nextKey(),
      client: this.member,
      path: `${reconciliation}/runs`,
      ask: { json: { ...terms, internal: [internal], broker: [broker] } },
      effect: { type: 'RunRequested', trace: internal },
    };
  }

  /** @param quantity left out: a very small one of its own */
  affirmation(settlementId: string, quantity?: string): KeyedRequest {
    const key = this.nextKey();
    // Millionths: never as much as there is to affirm.
    const affirmed = quantity ?? formatDecimal((BigInt(this.made) * 1_000_000n) as Decimal);
    return {
      key,
      client: this.member,
      path: `${reconciliation}/settlements/${settlementId}/affirm`,
      ask: { json: { quantity: affirmed } },
      effect: { type: 'SettlementAffirmed', trace: `${settlementId} ${affirmed}` },
      mayBeRefused: affirmationRefusals,
    };
  }

  refusedAffirmation(settlementId: string): KeyedRequest {
    return {
      ...this.affirmation(settlementId, `${this.made + 1}${beyondAllNets}`),
      mayBeRefused: [...affirmationRefusals, 'reconciliation.unknown-settlement'],
    };
  }

  clock(random: SeededRandom): KeyedRequest {
    return this.clockAt(moments[random.integer(0, moments.length - 1)] ?? moments[0], 1);
  }

  /** Each later than the one before: whatever waits for its time comes to it. */
  clockAfterEverything(): KeyedRequest {
    return this.clockAt(afterEverything, stepMs);
  }

  private clockAt(moment: string, stepMs: number): KeyedRequest {
    const key = this.nextKey();
    const to = new Date(Date.parse(moment) + this.made * stepMs).toISOString();
    return {
      key,
      client: this.root,
      path: '/v1/engine/clock',
      ask: { json: { to } },
      effect: { type: 'ClockSet', trace: to },
    };
  }

  /** No other request of this data directory has it, or ever will. */
  nextKey(): string {
    return `${this.prefix}-${++this.made}`;
  }

  private symbols(key: string): JsonObject {
    return { ...objectOf(this.books.brokerProfile['symbols']), [symbolOfTrace]: key };
  }
}
