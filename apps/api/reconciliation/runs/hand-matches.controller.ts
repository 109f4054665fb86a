import { Controller, HttpCode, Post } from '@nestjs/common';
import { MatchByHand, UndoHandMatch } from '../../../../domain/reconciliation/hand-matches/commands.js';
import type { Answer } from '../../../../infra/engine/commands/aggregates.js';
import { Commands } from '../../../../infra/engine/commands/commands.js';
import type { ReadScope } from '../../../../infra/engine/projections/read-model.js';
import { FromRequest } from '../../http/from-request.js';
import { InScope } from '../../http/queries.js';
import { Allow, Describe } from '../../http/route.js';
import { UnmatchedRecords } from './unmatched-records.js';

@Controller('v1/reconciliation/runs')
export class HandMatchesController {
  constructor(
    private readonly commands: Commands,
    private readonly unmatched: UnmatchedRecords,
  ) {}

  @Post(':runId/manual-matches')
  @Allow('analyst')
  @Describe({
    summary: 'Match records by hand that a run left unmatched; what they disagree in is put on record',
    answers: 'MatchedByHand',
    status: 201,
  })
  async match(
    @FromRequest() command: MatchByHand,
    @InScope() { workspace }: ReadScope,
  ): Promise<Answer & { matchId: string; differences: readonly string[] }> {
    const { found, differences } = await this.unmatched.named(workspace, command);
    command.found = found;
    command.differences = differences;
    const answer = await this.commands.execute(command);
    return { matchId: command.matchId, differences, ...answer };
  }

  @Post(':runId/unmatch')
  @HttpCode(200)
  @Allow('analyst')
  @Describe({
    summary: 'Undo a match that was made by hand: the breaks of its records are open again',
    answers: 'CommandAnswer',
  })
  unmatch(@FromRequest() command: UndoHandMatch): Promise<Answer> {
    return this.commands.execute(command);
  }
}
