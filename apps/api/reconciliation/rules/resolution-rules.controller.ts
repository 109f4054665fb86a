import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator';
import {
  ApproveResolutionRule,
  ProposeResolutionRule,
  RetireResolutionRule,
} from '../../../../domain/reconciliation/resolution-rules/commands.js';
import type { Answer } from '../../../../infra/engine/commands/aggregates.js';
import { Commands } from '../../../../infra/engine/commands/commands.js';
import { ReadModel, type ReadScope } from '../../../../infra/engine/projections/read-model.js';
import {
  resolutionRuleList,
  type ListedResolutionRule,
} from '../../../../projections/reconciliation/resolution-rules.js';
import { FromQuery, FromRequest } from '../../http/from-request.js';
import { InScope, PageQuery, pageRequest, Reads } from '../../http/queries.js';
import { Allow, Describe } from '../../http/route.js';
import { RuleTrials, type TriedRule } from './rule-trials.js';

/** Not a command: it changes nothing. */
export class RuleTrial {
  @IsString() @Length(1, 64) name!: string;
  @IsString() @Length(1, 200) runId!: string;
  /** The newest, approved or not. */
  @IsOptional() @IsInt() @Min(1) @Max(999_999) version?: number;
}

@Controller('v1/reconciliation/resolution-rules')
export class ResolutionRulesController {
  constructor(
    private readonly commands: Commands,
    private readonly trials: RuleTrials,
    @Reads(resolutionRuleList) private readonly rules: ReadModel<ListedResolutionRule>,
  ) {}

  @Post()
  @Allow('analyst')
  @Describe({
    summary: 'Propose a version of a rule that resolves breaks; it counts once another person approved it',
    answers: 'CommandAnswer',
    status: 201,
  })
  propose(@FromRequest() command: ProposeResolutionRule): Promise<Answer> {
    return this.commands.execute(command);
  }

  @Post(':name/try')
  @HttpCode(200)
  @Allow('analyst')
  @Describe({
    summary: 'Which breaks of a run a rule would resolve; nothing is changed',
    answers: 'TriedRule',
  })
  try(@FromRequest() trial: RuleTrial, @InScope() scope: ReadScope): Promise<TriedRule> {
    return this.trials.of(trial, scope);
  }

  @Post(':name/approve')
  @HttpCode(200)
  @Allow('analyst')
  @Describe({ summary: 'Approve a version that another person proposed', answers: 'CommandAnswer' })
  approve(@FromRequest() command: ApproveResolutionRule): Promise<Answer> {
    return this.commands.execute(command);
  }

  @Post(':name/retire')
  @HttpCode(200)
  @Allow('analyst')
  @Describe({ summary: 'Retire a rule: no new run is resolved by it', answers: 'CommandAnswer' })
  retire(@FromRequest() command: RetireResolutionRule): Promise<Answer> {
    return this.commands.execute(command);
  }

  @Get()
  @Allow('viewer')
  @Describe({ summary: 'The resolution rules of the workspace', answers: 'page of ResolutionRule' })
  list(@InScope() scope: ReadScope, @FromQuery() query: PageQuery) {
    return this.rules.page(scope, pageRequest(query));
  }

  @Get(':name')
  @Allow('viewer')
  @Describe({ summary: 'A resolution rule, with all its versions', answers: 'ResolutionRule' })
  get(@InScope() scope: ReadScope, @Param('name') name: string): Promise<ListedResolutionRule> {
    return this.rules.get(scope, name);
  }
}
