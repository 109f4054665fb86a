import { Module } from '@nestjs/common';
import { ClockController } from './clock.controller.js';
import { SagasController } from './sagas.controller.js';

@Module({ controllers: [ClockController, SagasController] })
export class EngineModule {}
