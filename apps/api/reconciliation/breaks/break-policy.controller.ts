import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ChangeBreakPolicy } from '../../../../domain/reconciliation/breaks/commands.js';
import { breakPolicyId } from '../../../../domain/reconciliation/breaks/policy.js';
import { builtInPolicy } from '../../../../domain/reconciliation/contract.js';
import type { Answer } from '../../../../infra/engine/commands/aggregates.js';
import { Commands } from '../../../../infra/engine/commands/commands.js';
import { ReadModel, type ReadScope } from '../../../../infra/engine/projections/read-model.js';
import {
  breakPolicies,
  type ListedBreakPolicy,
} from '../../../../projections/reconciliation/break-policies.js';
import { FromRequest } from '../../http/from-request.js';
import { InScope, Reads } from '../../http/queries.js';
import { Allow, Describe } from '../../http/route.js';

@Controller('v1/reconciliation/break-policy')
export class BreakPolicyController {
  constructor(
    private readonly commands: Commands,
    @Reads(breakPolicies) private readonly policies: ReadModel<ListedBreakPolicy>,
  ) {}

  @Get()
  @Allow('viewer')
  @Describe({
    summary: 'How severe breaks are, and which resolutions need two people',
    answers: 'BreakPolicy',
  })
  async get(@InScope() scope: ReadScope): Promise<ListedBreakPolicy> {
    return (await this.policies.find(scope, breakPolicyId)) ?? builtInPolicy;
  }

  @Post()
  @HttpCode(200)
  @Allow('engineer')
  @Describe({
    summary: 'Replace the policy; severities of the breaks of runs from then on, approval at once',
    answers: 'CommandAnswer',
  })
  change(@FromRequest() command: ChangeBreakPolicy): Promise<Answer> {
    return this.commands.execute(command);
  }
}
