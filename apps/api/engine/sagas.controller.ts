import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { IsIn, IsOptional, Matches } from 'class-validator';
import { CancelSaga, RetrySaga } from '../../../domain/engine/saga-commands.js';
import { sagaId } from '../../../domain/engine/contract.js';
import type { Answer } from '../../../infra/engine/commands/aggregates.js';
import { Commands } from '../../../infra/engine/commands/commands.js';
import { ReadModel, type ReadScope } from '../../../infra/engine/projections/read-model.js';
import { sagaList, type ListedSaga } from '../../../projections/engine/sagas.js';
import { FromQuery, FromRequest } from '../http/from-request.js';
import { InScope, PageQuery, pageRequest, Reads } from '../http/queries.js';
import { Allow, Describe } from '../http/route.js';
import { SagaHistories, type SagaHistoryEntry } from './saga-histories.js';
import { sagaStatuses } from './saga-statuses.js';

class SagaQuery extends PageQuery {
  @IsOptional() @IsIn(sagaStatuses) status?: (typeof sagaStatuses)[number];
  @IsOptional() @Matches(/^[a-z][a-zA-Z0-9]{0,62}$/) saga?: string;
}

type ShownSaga = Omit<ListedSaga, 'folded'>;

@Controller('v1/engine/sagas')
export class SagasController {
  constructor(
    private readonly commands: Commands,
    private readonly histories: SagaHistories,
    @Reads(sagaList) private readonly sagas: ReadModel<ListedSaga>,
  ) {}

  @Get()
  @Allow('viewer')
  @Describe({ summary: 'The sagas of the workspace, and what each waits for', answers: 'page of Saga' })
  async list(@InScope() scope: ReadScope, @FromQuery() query: SagaQuery) {
    const { status, saga } = query;
    const page = await this.sagas.page(
      scope,
      pageRequest(query, { ...(status && { status }), ...(saga && { saga }) }),
    );
    return { ...page, items: page.items.map(shown) };
  }

  @Get(':saga/:instance')
  @Allow('viewer')
  @Describe({ summary: 'A saga, with all that happened to it', answers: 'SagaWithHistory' })
  async get(
    @InScope() scope: ReadScope,
    @Param('saga') saga: string,
    @Param('instance') instance: string,
  ): Promise<ShownSaga & { history: readonly SagaHistoryEntry[] }> {
    const id = sagaId({ saga, instance });
    const found = await this.sagas.get(scope, id);
    return { ...shown(found), history: await this.histories.read(scope.workspace, id) };
  }

  @Post(':saga/:instance/retry')
  @HttpCode(200)
  @Allow('engineer')
  @Describe({ summary: 'Set a parked saga going again where it stopped', answers: 'CommandAnswer' })
  retry(@FromRequest() command: RetrySaga): Promise<Answer> {
    return this.commands.execute(command);
  }

  @Post(':saga/:instance/cancel')
  @HttpCode(200)
  @Allow('engineer')
  @Describe({
    summary: 'End a saga by hand; what it did is undone in reverse order, unless told otherwise',
    answers: 'CommandAnswer',
  })
  cancel(@FromRequest() command: CancelSaga): Promise<Answer> {
    return this.commands.execute(command);
  }
}

/** What the fold needs is nobody else's business. */
function shown({ folded: _folded, ...saga }: ListedSaga): ShownSaga {
  return saga;
}
