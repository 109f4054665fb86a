import { Controller, Get, Post } from '@nestjs/common';
import { SetClock } from '../../../domain/engine/clock-commands.js';
import type { Answer } from '../../../infra/engine/commands/aggregates.js';
import { Commands } from '../../../infra/engine/commands/commands.js';
import type { ClockMode } from '../../config/configuration.js';
import { PlatformClock } from '../../config/platform-clock.js';
import { FromRequest } from '../http/from-request.js';
import { Allow, Describe } from '../http/route.js';

interface ClockReading {
  readonly mode: ClockMode;
  readonly now: string;
}

@Controller('v1/engine/clock')
export class ClockController {
  constructor(
    private readonly commands: Commands,
    private readonly clock: PlatformClock,
  ) {}

  @Get()
  @Allow('viewer', { workspace: 'system' })
  @Describe({ summary: 'The platform’s time, and whose clock it is', answers: 'Clock' })
  async read(): Promise<ClockReading> {
    return { mode: this.clock.mode, now: await this.clock.now() };
  }

  @Post()
  @Allow('owner', { workspace: 'system' })
  @Describe({
    summary: 'Set the manual clock, forwards or backwards; refused where the clock is the system’s',
    answers: 'CommandAnswer',
    status: 201,
  })
  set(@FromRequest() command: SetClock): Promise<Answer> {
    return this.commands.execute(command);
  }
}
