import { Controller, HttpCode, Post } from '@nestjs/common';
import { IsInt, IsString, Length, Min, ValidateIf } from 'class-validator';
import { SaysSomething } from '../../../../domain/reconciliation/command-rules.js';
import { InvalidRequest } from '../../../../domain/kernel/errors.js';
import { MatchByHand, UndoHandMatch } from '../../../../domain/reconciliation/hand-matches/commands.js';
import { UnmakeMatch } from '../../../../domain/reconciliation/unmade-matches/commands.js';
import type { Answer } from '../../../../infra/engine/commands/aggregates.js';
import { bindContext, contextOf } from '../../../../infra/engine/commands/execution-context.js';
import { Commands } from '../../../../infra/engine/commands/commands.js';
import type { ReadScope } from '../../../../infra/engine/projections/read-model.js';
import { FromRequest } from '../../http/from-request.js';
import { InScope } from '../../http/queries.js';
import { Allow, Describe } from '../../http/route.js';
import { SoughtMatches } from './sought-matches.js';
import { UnmatchedRecords } from './unmatched-records.js';

/** Of one match: that a person made, by its id, or that the run computed, by its number. */
class Unmatch {
  @IsString() @Length(1, 200) runId!: string;
  @ValidateIf(({ matchId }: Unmatch) => matchId !== undefined)
  @IsString()
  @Length(1, 200)
  matchId?: string;
  @ValidateIf(({ match }: Unmatch) => match !== undefined) @IsInt() @Min(0) match?: number;
  @SaysSomething(500) reason!: string;
}

@Controller('v1/reconciliation/runs')
export class HandMatchesController {
  constructor(
    private readonly commands: Commands,
    private readonly unmatched: UnmatchedRecords,
    private readonly matches: SoughtMatches,
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
    summary:
      'Undo a match that was made by hand (`matchId`), or unmake one that the run computed (`match`): its records are unmatched',
    answers: 'CommandAnswer',
  })
  async unmatch(@FromRequest() asked: Unmatch, @InScope() scope: ReadScope): Promise<Answer> {
    const { runId, matchId, match, reason } = asked;
    const execution = contextOf(asked);
    if (matchId !== undefined && match === undefined) {
      const undo = Object.assign(new UndoHandMatch(), { runId, matchId, reason });
      return this.commands.execute(bindContext(undo, execution));
    }
    if (match === undefined || matchId !== undefined)
      throw new InvalidRequest('request.invalid', 'one of `match` and `matchId` names the match', {
        problems: ['match', 'matchId'].map((field) => ({ field, reason: 'is given, or the other one is' })),
      });
    const sought = await this.matches.sought(scope, { runId, match });
    const unmake = Object.assign(new UnmakeMatch(), { runId, match, reason, ...sought });
    return this.commands.execute(bindContext(unmake, execution));
  }
}
