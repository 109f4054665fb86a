import { Module, type DynamicModule } from '@nestjs/common';
import { ColumnStore } from '../../../infra/objects/columns.js';
import { ReadModel } from '../../../infra/engine/projections/read-model.js';
import { breaks, type ListedBreak } from '../../../projections/reconciliation/breaks.js';
import { runs, type ListedRun } from '../../../projections/reconciliation/runs.js';
import type { Platform } from '../../config/platform.js';
import { readModelToken } from '../http/queries.js';
import { ServerSentEvents } from '../http/server-sent-events.js';
import { BreakBulksController } from './breaks/break-bulks.controller.js';
import { BreakFacts } from './breaks/break-facts.js';
import { BreakPolicyController } from './breaks/break-policy.controller.js';
import { BreaksController } from './breaks/breaks.controller.js';
import { ComparedRuns } from './runs/compared-runs.js';
import { EarlierRuns } from './runs/earlier-runs.js';
import { HandMatchesController } from './runs/hand-matches.controller.js';
import { InstrumentIntake } from './instruments/instrument-intake.js';
import { InstrumentsController } from './instruments/instruments.controller.js';
import { LogMoments } from './log-moments.js';
import { ProgressController } from './progress.controller.js';
import { RepeatedRunsController } from './runs/repeated-runs.controller.js';
import { ReportsController } from './reports.controller.js';
import { ResolutionRulesController } from './rules/resolution-rules.controller.js';
import { RuleTrials } from './rules/rule-trials.js';
import { RunRules } from './runs/run-rules.js';
import { RunWatch } from './runs/run-watch.js';
import { RunsController } from './runs/runs.controller.js';
import { SettlementsController } from './settlements.controller.js';
import { SourcesController } from './uploads/sources.controller.js';
import { ToleranceSetsController } from './rules/tolerance-sets.controller.js';
import { SoughtMatches } from './runs/sought-matches.js';
import { UnmatchedRecords } from './runs/unmatched-records.js';
import { UploadIntake } from './uploads/upload-intake.js';
import { UploadProgress } from './uploads/upload-progress.js';
import { UploadsController } from './uploads/uploads.controller.js';

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
          provide: ComparedRuns,
          useFactory: (found: ReadModel<ListedBreak>) => new ComparedRuns(columns, found),
          inject: [readModelToken(breaks)],
        },
        {
          provide: RuleTrials,
          useFactory: (found: ReadModel<ListedBreak>) => new RuleTrials(states, columns, found),
          inject: [readModelToken(breaks)],
        },
        {
          provide: SoughtMatches,
          useFactory: (found: ReadModel<ListedRun>) => new SoughtMatches(states, columns, found, moments),
          inject: [readModelToken(runs)],
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
