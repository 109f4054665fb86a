import { Module, type DynamicModule } from '@nestjs/common';
import { checkpointFor, tilesOf } from '../../config/audit.js';
import { auditDirectoryOf } from '../../config/data-directories.js';
import { deciders } from '../../config/contexts.js';
import type { Platform } from '../../config/platform.js';
import { readIncident } from '../../../infra/audit/publishing/incident-file.js';
import { StatesAsOf } from './as-of.js';
import { AuditReader } from './audit-reader.js';
import { AuditEventsController } from './events.controller.js';
import { AuditExportsController } from './exports.controller.js';
import { AuditLogController } from './log.controller.js';
import { AuditStatesController } from './states.controller.js';
import { TrailReads } from './trail-reads.js';

@Module({})
export class AuditModule {
  static of({ log, codec, configuration }: Platform): DynamicModule {
    const reader = new AuditReader({
      log,
      codec,
      tiles: tilesOf(configuration),
      checkpoint: () => checkpointFor(configuration, { newest: true }),
      incident: () => readIncident(auditDirectoryOf(configuration)),
    });
    return {
      module: AuditModule,
      controllers: [AuditEventsController, AuditLogController, AuditExportsController, AuditStatesController],
      providers: [
        TrailReads,
        { provide: AuditReader, useValue: reader },
        { provide: StatesAsOf, useValue: new StatesAsOf(log, codec, deciders) },
      ],
    };
  }
}
