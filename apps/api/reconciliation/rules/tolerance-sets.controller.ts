import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import {
  ApproveToleranceSet,
  ProposeToleranceSet,
  RetireToleranceSet,
} from '../../../../domain/reconciliation/tolerance-sets/commands.js';
import type { Answer } from '../../../../infra/engine/commands/aggregates.js';
import { Commands } from '../../../../infra/engine/commands/commands.js';
import { ReadModel, type ReadScope } from '../../../../infra/engine/projections/read-model.js';
import {
  toleranceSets,
  type ListedToleranceSet,
} from '../../../../projections/reconciliation/tolerance-sets.js';
import { FromQuery, FromRequest } from '../../http/from-request.js';
import { InScope, PageQuery, pageRequest, Reads } from '../../http/queries.js';
import { Allow, Describe } from '../../http/route.js';

@Controller('v1/reconciliation/tolerance-sets')
export class ToleranceSetsController {
  constructor(
    private readonly commands: Commands,
    @Reads(toleranceSets) private readonly sets: ReadModel<ListedToleranceSet>,
  ) {}

  @Post()
  @Allow('analyst')
  @Describe({
    summary: 'Propose a version of a named tolerance set; it counts once another person approved it',
    answers: 'CommandAnswer',
    status: 201,
  })
  propose(@FromRequest() command: ProposeToleranceSet): Promise<Answer> {
    return this.commands.execute(command);
  }

  @Post(':name/approve')
  @HttpCode(200)
  @Allow('analyst')
  @Describe({ summary: 'Approve a version that another person proposed', answers: 'CommandAnswer' })
  approve(@FromRequest() command: ApproveToleranceSet): Promise<Answer> {
    return this.commands.execute(command);
  }

  @Post(':name/retire')
  @HttpCode(200)
  @Allow('analyst')
  @Describe({
    summary: 'Retire all versions of a set: no new run is judged by them',
    answers: 'CommandAnswer',
  })
  retire(@FromRequest() command: RetireToleranceSet): Promise<Answer> {
    return this.commands.execute(command);
  }

  @Get()
  @Allow('viewer')
  @Describe({ summary: 'The tolerance sets of the workspace', answers: 'page of ToleranceSet' })
  list(@InScope() scope: ReadScope, @FromQuery() query: PageQuery) {
    return this.sets.page(scope, pageRequest(query));
  }

  @Get(':name')
  @Allow('viewer')
  @Describe({ summary: 'A tolerance set, with all its versions and who made them', answers: 'ToleranceSet' })
  get(@InScope() scope: ReadScope, @Param('name') name: string): Promise<ListedToleranceSet> {
    return this.sets.get(scope, name);
  }
}
