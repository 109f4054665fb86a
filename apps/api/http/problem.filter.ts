import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Refusals } from '../audit/refusals.js';
import { problemOf } from './problem.js';
import { refusedOf } from './refused.js';

/** Every error leaves as a problem document. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly logger: Logger,
    private readonly refusals: Pick<Refusals, 'note'>,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const problem = problemOf(error);
    const refused = refusedOf(request, problem);
    if (refused) this.refusals.note(refused);
    if (problem.status >= 500)
      this.logger.error(
        { err: error, method: request.method, route: request.routeOptions.url },
        problem.detail,
      );
    if (reply.sent || reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    if (problem.status === 401) void reply.header('www-authenticate', 'Bearer');
    if (problem.status === 503) void reply.header('retry-after', '1');
    void reply.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
  }
}
