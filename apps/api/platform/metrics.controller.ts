import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Metrics } from '../../../infra/telemetry/metrics.js';
import { Describe, Open } from '../http/route.js';

@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Get()
  @Open()
  @Describe({ summary: 'Metrics as Prometheus reads them', answers: 'text', gives: 'text/plain' })
  async all(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    void reply.type(this.metrics.contentType);
    return this.metrics.text();
  }
}
