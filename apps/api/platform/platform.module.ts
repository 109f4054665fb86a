import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, Reflector } from '@nestjs/core';
import { AggregateStates } from '../../../infra/engine/commands/aggregate-states.js';
import { Commands } from '../../../infra/engine/commands/commands.js';
import { ComputationPool } from '../../../infra/engine/jobs/computation-pool.js';
import { ReadModel } from '../../../infra/engine/projections/read-model.js';
import { ReadYourWrites } from '../../../infra/engine/projections/read-your-writes.js';
import { FileObjectStore } from '../../../infra/objects/file-object-store.js';
import type { AnyProjection } from '../../../projections/kernel/projection.js';
import { SealedProofs } from '../../../infra/audit/proofs/sealed-proofs.js';
import { tilesOf } from '../../config/audit.js';
import { auditDirectoryOf } from '../../config/data-directories.js';
import { CommandModule } from '../../config/command.module.js';
import { projections } from '../../config/contexts.js';
import type { Platform } from '../../config/platform.js';
import { PlatformClock } from '../../config/platform-clock.js';
import { Refusals } from '../audit/refusals.js';
import { SagaHistories } from '../engine/saga-histories.js';
import { AccessGuard } from '../http/access.guard.js';
import { Authentication } from '../http/authentication.js';
import { BodyStream } from '../http/body-stream.js';
import { ColumnPages } from '../http/column-pages.js';
import { ProblemFilter } from '../http/problem.filter.js';
import { readModelToken } from '../http/queries.js';
import { Receipts } from '../http/receipts.js';
import { RequestExecution } from '../http/request-execution.js';
import { HealthController } from './health.controller.js';
import type { ApiParts } from './api-parts.js';
import { Health } from './health.js';
import { MetricsController } from './metrics.controller.js';
import { Metrics } from '../../../infra/telemetry/metrics.js';

/** Everything that the contexts' modules ask for, from one platform. */
@Module({})
export class PlatformModule {
  static of(parts: ApiParts): DynamicModule {
    const { platform, pool, projector, metrics } = parts;
    const waits = new ReadYourWrites({ store: platform.store, ...(projector && { projector }) });
    const commands = CommandModule.of(platform);
    const providers: Provider[] = [
      { provide: AggregateStates, useValue: platform.states },
      { provide: SagaHistories, useValue: new SagaHistories(platform.log, platform.codec) },
      { provide: FileObjectStore, useValue: platform.objects },
      { provide: ComputationPool, useValue: pool },
      { provide: ColumnPages, useValue: new ColumnPages(platform.columns) },
      { provide: BodyStream, useValue: new BodyStream(platform.configuration.maximumUploadBytes) },
      {
        provide: Authentication,
        useValue: new Authentication(platform.states, platform.configuration.bootstrapKeyHash),
      },
      { provide: PlatformClock, useValue: platform.clock },
      { provide: RequestExecution, useValue: new RequestExecution(platform.clock) },
      { provide: Health, useValue: new Health(parts) },
      { provide: Metrics, useValue: metrics },
      {
        provide: Refusals,
        useFactory: (sender: Commands) =>
          new Refusals({
            commands: sender,
            clock: platform.clock,
            ids: platform.ids,
            logger: platform.logger,
          }),
        inject: [Commands],
      },
      ...projections.map((projection) => readModelProvider(projection, platform, waits)),
    ];
    return {
      module: PlatformModule,
      global: true,
      imports: [commands],
      controllers: [HealthController, MetricsController],
      providers: [
        ...providers,
        {
          provide: APP_GUARD,
          useFactory: (reflector: Reflector, authentication: Authentication) =>
            new AccessGuard(reflector, authentication),
          inject: [Reflector, Authentication],
        },
        { provide: APP_INTERCEPTOR, useValue: receiptsOf(platform) },
        {
          provide: APP_FILTER,
          useFactory: (refusals: Refusals) => new ProblemFilter(platform.logger, refusals),
          inject: [Refusals],
        },
      ],
      exports: [...providers, commands],
    };
  }
}

function receiptsOf({ configuration, signingKeys }: Platform): Receipts {
  const directory = auditDirectoryOf(configuration);
  return new Receipts(signingKeys, new SealedProofs({ tiles: tilesOf(configuration), directory }));
}

function readModelProvider(projection: AnyProjection, platform: Platform, waits: ReadYourWrites): Provider {
  return {
    provide: readModelToken(projection),
    useFactory: (commands: Commands) =>
      new ReadModel(projection, platform.store, platform.codec, waits, (workspace) =>
        commands.writtenIn(workspace),
      ),
    inject: [Commands],
  };
}
