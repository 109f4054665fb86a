import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Describe, Open } from '../http/route.js';
import { Health, type Readiness } from './health.js';

@Controller('health')
export class HealthController {
  constructor(private readonly health: Health) {}

  @Get('live')
  @Open()
  @Describe({ summary: 'The process runs', answers: 'Liveness' })
  live(): { live: true } {
    return { live: true };
  }

  @Get('ready')
  @Open()
  @Describe({
    summary: 'The process can do what it is for; 503 with reasons otherwise',
    answers: 'Readiness',
  })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<Readiness> {
    const readiness = await this.health.readiness();
    void reply.status(readiness.ready ? 200 : 503);
    return readiness;
  }
}
