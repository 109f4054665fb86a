import { Module, type DynamicModule } from '@nestjs/common';
import { ColumnStore } from '../../../infra/objects/columns.js';
import { ReadModel } from '../../../infra/engine/projections/read-model.js';
import { breaks, type ListedBreak } from '../../../projections/reconciliation/breaks.js';
import { runs, type ListedRun } from '../../../projections/reconciliation/runs.js';
import type { Platform } from '../../config/platform.js';
import { readModelToken } from '../http/queries.js';
import { ServerSentEvents } from '../http/server-sent-events.js';
import { BreakBulksController } from './break-bulks.controller.js';
import { BreakFacts } from './break-facts.js';
import { BreakPolicyController } from './break-policy.controller.js';
import { BreaksController } from './breaks.controller.js';
import { EarlierRuns } from './earlier-runs.js';
import { HandMatchesController } from './hand-matches.controller.js';
import { InstrumentIntake } from './instrument-intake.js';
import { InstrumentsController } from './instruments.controller.js';
import { LogMoments } from './log-moments.js';
import { ProgressController } from './progress.controller.js';
import { RepeatedRunsController } from './repeated-runs.controller.js';
import { ReportsController } from './reports.controller.js';
import { ResolutionRulesController } from './resolution-rules.controller.js';
import { RuleTrials } from './rule-trials.js';
import { RunRules } from './run-rules.js';
import { RunWatch } from './run-watch.js';
import { RunsController } from './runs.controller.js';
import { SettlementsController } from './settlements.controller.js';
import { SourcesController } from './sources.controller.js';
import { ToleranceSetsController } from './tolerance-sets.controller.js';
import { UnmatchedRecords } from './unmatched-records.js';
import { UploadIntake } from './upload-intake.js';
import { UploadProgress } from './upload-progress.js';
import { UploadsController } from './uploads.controller.js';

@Module({})
export class ReconciliationModule {
  static of({ log, codec, columns, clock, states }: Platform): DynamicModule {
    const moments = new LogMoments(log, clock);
    return {
      module: ReconciliationModule,
      controllers: [
        SourcesController,
        UploadsController,
        RunsController,
        RepeatedRunsController,
        ProgressController,
        InstrumentsController,
        ToleranceSetsController,
        ResolutionRulesController,
        HandMatchesController,
        BreakBulksController,
        BreaksController,
        BreakPolicyController,
        ReportsController,
        SettlementsController,
      ],
      providers: [
        UploadIntake,
        UploadProgress,
        ServerSentEvents,
        { provide: RunWatch, useValue: new RunWatch(log, codec) },
        InstrumentIntake,
        { provide: ColumnStore, useValue: columns },
        { provide: UnmatchedRecords, useValue: new UnmatchedRecords(states, columns) },
        { provide: RunRules, useValue: new RunRules(states, columns) },
        { provide: LogMoments, useValue: moments },
        { provide: BreakFacts, useValue: new BreakFacts(log, codec) },
        {
          provide: RuleTrials,
          useFactory: (found: ReadModel<ListedBreak>) => new RuleTrials(states, columns, found),
          inject: [readModelToken(breaks)],
        },
        {
          provide: EarlierRuns,
          useFactory: (found: ReadModel<ListedRun>) => new EarlierRuns(found, moments),
          inject: [readModelToken(runs)],
        },
      ],
    };
  }
}
