import { Controller, HttpCode, Post } from '@nestjs/common';
import { RunAgain } from '../../../../domain/reconciliation/runs/commands.js';
import { run } from '../../../../domain/reconciliation/runs/run.js';
import { unmadeRecordsOf } from '../../../../domain/reconciliation/unmade-matches/unmade-matches.js';
import { booksInPlace } from '../../../../domain/reconciliation/runs/run-again.js';
import { upload } from '../../../../domain/reconciliation/uploads/upload.js';
import type { Answer } from '../../../../infra/engine/commands/aggregates.js';
import { AggregateStates } from '../../../../infra/engine/commands/aggregate-states.js';
import { Commands } from '../../../../infra/engine/commands/commands.js';
import type { ReadScope } from '../../../../infra/engine/projections/read-model.js';
import { FromRequest } from '../../http/from-request.js';
import { InScope } from '../../http/queries.js';
import { EarlierRuns } from './earlier-runs.js';
import { Allow, Describe } from '../../http/route.js';

@Controller('v1/reconciliation/runs')
export class RepeatedRunsController {
  constructor(
    private readonly commands: Commands,
    private readonly states: AggregateStates,
    private readonly earlierRuns: EarlierRuns,
  ) {}

  @Post(':original/again')
  @HttpCode(202)
  @Allow('analyst')
  @Describe({
    summary: 'Run a stale run again, with what is in the place of its withdrawn and superseded uploads',
    answers: 'RunAccepted',
    status: 202,
  })
  async again(
    @FromRequest() command: RunAgain,
    @InScope() scope: ReadScope,
  ): Promise<Answer & { runId: string; status: 'accepted' }> {
    const { workspace } = scope;
    const original = await this.states.read(run, workspace, command.original);
    const readUpload = (uploadId: string) => this.states.read(upload, workspace, uploadId);
    if ('terms' in original) command.terms = original.terms;
    if (original.state === 'completed') {
      command.manifest = original.manifest;
      command.unmade = original.unmade.map(unmadeRecordsOf);
    }
    if (command.terms?.carryForward)
      command.carriedRuns = await this.earlierRuns.before(
        scope,
        command.terms.tradeDate,
        command.terms.carryForward.days,
      );
    command.inPlace = {
      internal: await booksInPlace(command.terms?.internal ?? [], readUpload),
      broker: await booksInPlace(command.terms?.broker ?? [], readUpload),
    };
    const answer = await this.commands.execute(command);
    return { runId: command.runId, status: 'accepted', ...answer };
  }
}
