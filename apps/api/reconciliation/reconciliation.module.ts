import { Module } from '@nestjs/common';
import { RunsController } from './runs.controller.js';
import { SettlementsController } from './settlements.controller.js';
import { SourcesController } from './sources.controller.js';
import { UploadIntake } from './upload-intake.js';
import { UploadsController } from './uploads.controller.js';

@Module({
  controllers: [SourcesController, UploadsController, RunsController, SettlementsController],
  providers: [UploadIntake],
})
export class ReconciliationModule {}
