import type { JsonObject } from '../../domain/kernel/json.js';
import type { HttpClient } from '../../test/harness/http-client.js';
import type { Effect } from '../oracle/effects.js';
import { dayAfter } from './books.js';
import type { KeyedRequest } from './keyed-requests.js';
import { reconciliation, type Requests } from './requests.js';

/** A resolution of more than this needs a second person, and no break of less is more than of low severity. */
export const approvalAbove = '50000';

const noWorkNow = ['reconciliation.break-closed', 'reconciliation.break-awaits-approval'];
const nothingProposed = ['reconciliation.nothing-proposed'];
/** Each report is of a period of its own, around all trade dates. */
const periods = { from: '2024-01-02', froms: 150, to: '2024-11-02' } as const;

/** The requests of the two people of a desk; the key of each stands in its effect, where that has room for a text. */
export class DeskRequests {
  /** Approves what the first one proposed; there from the beginning of a scene on. */
  colleague: HttpClient;
  private reports = 0;

  constructor(private readonly requests: Requests) {
    this.colleague = requests.member;
  }

  policy(): KeyedRequest {
    const json = {
      severityFrom: { medium: { other: approvalAbove } },
      ageing: [
        { afterDays: 1, atLeast: 'medium' },
        { afterDays: 2, atLeast: 'high' },
      ],
      approvalAbove: { other: approvalAbove },
    };
    const effect = { type: 'BreakPolicyChanged', trace: approvalAbove };
    return this.post('break-policy', json, () => effect);
  }

  assign(breakId: string): KeyedRequest {
    return this.onBreak(breakId, 'assign', 'BreakAssigned', (to) => ({ to }), noWorkNow);
  }

  comment(breakId: string): KeyedRequest {
    return this.onBreak(breakId, 'comment', 'BreakCommented', (text) => ({ text }));
  }

  /** @param isLarge it needs a second person */
  resolve(breakId: string, isLarge: boolean): KeyedRequest {
    const type = isLarge ? 'BreakResolutionProposed' : 'BreakResolved';
    return this.onBreak(
      breakId,
      'resolve',
      type,
      (reason) => ({ resolution: 'writeOff', reason }),
      noWorkNow,
    );
  }

  /** @param reason of what was proposed: the resolution has it too */
  approve(breakId: string, reason: string): KeyedRequest {
    const approval = this.onBreak(breakId, 'approve', 'BreakResolved', () => ({}), nothingProposed);
    return { ...approval, client: this.colleague, effect: { type: 'BreakResolved', trace: reason } };
  }

  reject(breakId: string): KeyedRequest {
    const type = 'BreakResolutionRejected';
    const rejection = this.onBreak(breakId, 'reject', type, (reason) => ({ reason }), nothingProposed);
    return { ...rejection, client: this.colleague };
  }

  reopen(breakId: string): KeyedRequest {
    const isOpen = ['reconciliation.break-not-closed'];
    return this.onBreak(breakId, 'reopen', 'BreakReopened', (reason) => ({ reason }), isOpen);
  }

  /** @param records one of each side, as the run names them */
  match(runId: string, records: { readonly internal: string; readonly broker: string }): KeyedRequest {
    const { internal, broker } = records;
    return this.post(
      `runs/${runId}/manual-matches`,
      (reason) => ({ internal: [internal], broker: [broker], reason }),
      (trace) => ({ type: 'RecordsMatchedByHand', trace }),
      ['reconciliation.record-not-open'],
    );
  }

  unmatch(runId: string, matchId: string): KeyedRequest {
    const undoing = this.post(
      `runs/${runId}/unmatch`,
      (reason) => ({ matchId, reason }),
      (trace) => ({ type: 'HandMatchUndone', trace }),
    );
    return { ...undoing, client: this.colleague };
  }

  /** @param action the text that is made of the key is all that it needs */
  bulk(filter: JsonObject, action: (text: string) => JsonObject): KeyedRequest {
    return this.post(
      'breaks/bulk',
      (key) => ({ filter, action: action(key) }),
      (trace) => ({ type: 'BreakBulkRequested', trace }),
    );
  }

  /** A rule is named as its proposal's key. @param account left out: it is for all of them */
  proposeRule(account?: string): KeyedRequest {
    const types = ['missingAtBroker', 'missingInternal'];
    const limits = {
      currency: 'USD',
      notionalUpTo: approvalAbove,
      ...(account !== undefined && { account }),
    };
    return this.post(
      'resolution-rules',
      (name) => ({
        name,
        rule: { types, ...limits, resolution: 'acceptInternal', reason: 'small ones' },
      }),
      (trace) => ({ type: 'ResolutionRuleProposed', trace }),
    );
  }

  approveRule(name: string): KeyedRequest {
    const effect = { type: 'ResolutionRuleApproved', trace: name };
    const approval = this.post(`resolution-rules/${name}/approve`, { version: 1 }, () => effect);
    return { ...approval, client: this.colleague };
  }

  retireRule(name: string): KeyedRequest {
    const effect = { type: 'ResolutionRuleRetired', trace: name };
    return this.post(`resolution-rules/${name}/retire`, { reason: 'another one is tried' }, () => effect);
  }

  report(): KeyedRequest {
    const made = this.reports++;
    const from = dayAfter(periods.from, made % periods.froms);
    const to = dayAfter(periods.to, Math.floor(made / periods.froms));
    const effect = { type: 'ReportRequested', trace: `${from} ${to}` };
    return this.post('reports', { kind: 'period', from, to }, () => effect);
  }

  private onBreak(
    breakId: string,
    what: string,
    type: string,
    json: (key: string) => JsonObject,
    mayBeRefused: readonly string[] = [],
  ): KeyedRequest {
    return this.post(`breaks/${breakId}/${what}`, json, (trace) => ({ type, trace }), mayBeRefused);
  }

  private post(
    path: string,
    json: JsonObject | ((key: string) => JsonObject),
    effect: (key: string) => Effect,
    mayBeRefused: readonly string[] = [],
  ): KeyedRequest {
    const key = this.requests.nextKey();
    return {
      key,
      client: this.requests.member,
      path: `${reconciliation}/${path}`,
      ask: { json: typeof json === 'function' ? json(key) : json },
      effect: effect(key),
      mayBeRefused,
    };
  }
}
