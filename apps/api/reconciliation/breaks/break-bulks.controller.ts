import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { InvalidRequest, TooLarge } from '../../../../domain/kernel/errors.js';
import { actionOf, largestBulk } from '../../../../domain/reconciliation/breaks/bulk.js';
import { RequestBreakBulk, RetryBreakBulk } from '../../../../domain/reconciliation/breaks/commands.js';
import type { BreakTerms } from '../../../../domain/reconciliation/breaks/events.js';
import { breakPolicy, breakPolicyId } from '../../../../domain/reconciliation/breaks/policy.js';
import { AggregateStates } from '../../../../infra/engine/commands/aggregate-states.js';
import type { Answer } from '../../../../infra/engine/commands/aggregates.js';
import { Commands } from '../../../../infra/engine/commands/commands.js';
import { ReadModel, type ReadScope } from '../../../../infra/engine/projections/read-model.js';
import { ColumnStore } from '../../../../infra/objects/columns.js';
import { breakBulks, type ListedBulk } from '../../../../projections/reconciliation/break-bulks.js';
import { breaks, type ListedBreak } from '../../../../projections/reconciliation/breaks.js';
import { breakListColumns } from '../../../../projections/reconciliation/columns.js';
import { FromQuery, FromRequest } from '../../http/from-request.js';
import { InScope, PageQuery, pageRequest, Reads } from '../../http/queries.js';
import { Allow, Describe } from '../../http/route.js';
import { fieldsOfFilter } from './break-filter.js';

type Accepted = Answer & { bulkId: string; status: 'accepted'; breaks: number };

@Controller('v1/reconciliation/breaks/bulk')
export class BreakBulksController {
  constructor(
    private readonly commands: Commands,
    private readonly states: AggregateStates,
    private readonly columns: ColumnStore,
    @Reads(breaks) private readonly breaks: ReadModel<ListedBreak>,
    @Reads(breakBulks) private readonly bulks: ReadModel<ListedBulk>,
  ) {}

  @Post()
  @HttpCode(202)
  @Allow('analyst')
  @Describe({
    summary: 'The same action on every break that a filter finds now; a dry run only counts them',
    answers: 'BreakBulkAccepted',
    status: 202,
  })
  async request(
    @FromRequest() command: RequestBreakBulk,
    @InScope() scope: ReadScope,
  ): Promise<Accepted | { dryRun: true; breaks: number }> {
    const { workspace } = scope;
    if (typeof command.filter !== 'object' || typeof command.action !== 'object')
      throw new InvalidRequest('request.invalid', 'a bulk has a filter and an action');
    actionOf(command.action);
    const found = await this.found(scope, command);
    if (command.dryRun === true) return { dryRun: true, breaks: found.length };
    command.policy = await this.states.read(breakPolicy, workspace, breakPolicyId);
    command.breaks = await this.columns.write(
      breakListColumns,
      found.map((terms) => ({
        breakId: terms.breakId,
        terms: JSON.stringify(terms),
        clearing: undefined,
      })),
    );
    const answer = await this.commands.execute(command);
    // Under an Idempotency-Key that was used before these are the breaks of the first request.
    return { bulkId: command.bulkId, status: 'accepted', breaks: command.breaks.rows, ...answer };
  }

  @Get()
  @Allow('viewer')
  @Describe({ summary: 'The bulks of the workspace', answers: 'page of BreakBulk' })
  list(@InScope() scope: ReadScope, @FromQuery() query: PageQuery) {
    return this.bulks.page(scope, pageRequest(query));
  }

  @Get(':bulkId')
  @Allow('viewer')
  @Describe({ summary: 'A bulk, and how far it is', answers: 'BreakBulk' })
  get(@InScope() scope: ReadScope, @Param('bulkId') bulkId: string): Promise<ListedBulk> {
    return this.bulks.get(scope, bulkId);
  }

  @Post(':bulkId/retry')
  @HttpCode(202)
  @Allow('analyst')
  @Describe({
    summary: 'Work on a bulk again that was given up: what is done stays done',
    answers: 'CommandAnswer',
    status: 202,
  })
  retry(@FromRequest() command: RetryBreakBulk): Promise<Answer> {
    return this.commands.execute(command);
  }

  /** What a break is about never changes, so a list that is behind lacks some and is wrong about none. */
  private async found(scope: ReadScope, { filter }: RequestBreakBulk): Promise<readonly BreakTerms[]> {
    const found: BreakTerms[] = [];
    for await (const one of this.breaks.every(scope, fieldsOfFilter(filter))) {
      if (found.length === largestBulk)
        throw new TooLarge(
          'reconciliation.bulk-too-large',
          `a bulk works on at most ${largestBulk} breaks: choose fewer`,
        );
      found.push(termsOf(one));
    }
    return found;
  }
}

function termsOf(found: ListedBreak): BreakTerms {
  const { breakId, runId, type, internal, broker, explanation, notional, currency } = found;
  const { differenceAmount, symbol, account } = found;
  return {
    type,
    internal,
    broker,
    explanation,
    notional,
    currency,
    ...(differenceAmount !== undefined && { differenceAmount }),
    ...(symbol !== undefined && { symbol }),
    ...(account !== undefined && { account }),
    breakId,
    runId,
  };
}
