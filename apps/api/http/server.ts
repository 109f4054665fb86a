import 'reflect-metadata';
import type { Socket } from 'node:net';
import { Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { messageOf } from '../../../domain/kernel/errors.js';
import { Commands } from '../../../infra/engine/commands/commands.js';
import { parseStrictJson } from '../../../infra/http/strict-json.js';
import type { Platform } from '../../config/platform.js';
import { AuditModule } from '../audit/audit.module.js';
import type { ApiParts } from '../platform/api-parts.js';
import { PlatformModule } from '../platform/platform.module.js';
import { ReconciliationModule } from '../reconciliation/reconciliation.module.js';
import { EngineModule } from '../engine/engine.module.js';
import { TenancyModule } from '../tenancy/tenancy.module.js';
import { serveDocumentation } from './documentation.js';
import { fileContentTypes } from './body-stream.js';
import { accessIfAny } from './principal.js';
import { problem, problemOf } from './problem.js';
import { setSecurityHeaders } from './security-headers.js';

/** A JSON body larger than this is no command. */
const maximumJsonBytes = 1024 * 1024;

@Module({})
class ApiModule {
  static of(parts: ApiParts): DynamicModule {
    return {
      module: ApiModule,
      imports: [
        PlatformModule.of(parts),
        TenancyModule,
        ReconciliationModule.of(parts.platform),
        EngineModule,
        AuditModule.of(parts.platform),
      ],
    };
  }
}

export interface Api {
  readonly url: string;
  readonly port: number;
  readonly commands: Commands;
  /** Takes no more requests, ends those under way, and only then returns. */
  close(): Promise<void>;
}

/**
 * @param ground what must stand before anybody is let in; it is built while the API gets ready
 * @throws whatever `ground` is rejected with
 */
export async function startApi(parts: ApiParts, ground: Promise<void>): Promise<Api> {
  const { configuration } = parts.platform;
  const adapter = new FastifyAdapter({
    bodyLimit: maximumJsonBytes,
    forceCloseConnections: 'idle',
    // Who asks on a connection that is open already is answered once more, and told that it ends.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 256 },
    clientErrorHandler: refuseUnreadable,
    frameworkErrors: (error: unknown, _request: FastifyRequest, reply: FastifyReply) =>
      void sendProblem(reply, error),
  });
  const app = await NestFactory.create<NestFastifyApplication>(ApiModule.of(parts), adapter, {
    bodyParser: false,
    logger: false,
    abortOnError: false,
  });
  const fastify: FastifyInstance = adapter.getInstance();
  await setSecurityHeaders(fastify, '/docs');
  readBodies(fastify);
  endConnections(fastify);
  observe(fastify, parts);
  await serveDocumentation(app, fastify);
  await app.init();
  await ground.catch(async (error: unknown) => {
    await app.close();
    throw error;
  });
  await app.listen(configuration.port, configuration.host);
  const address = fastify.server.address();
  const port = typeof address === 'object' && address ? address.port : configuration.port;
  const host = configuration.host.includes(':') ? `[${configuration.host}]` : configuration.host;
  return { url: `http://${host}:${port}`, port, commands: app.get(Commands), close: () => app.close() };
}

function readBodies(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, text, done) => {
    try {
      done(null, text === '' ? undefined : parseStrictJson(String(text)));
    } catch (error) {
      done(error as Error);
    }
  });
  // Files go through as they come; whoever takes them counts them.
  fastify.addContentTypeParser(fileContentTypes, (_request, payload, done) => done(null, payload));
}

/** Whoever is answered while the server ends would keep the connection for more, and the server with it. */
function endConnections(fastify: FastifyInstance): void {
  let isEnding = false;
  fastify.addHook('preClose', (done) => {
    isEnding = true;
    done();
  });
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if (isEnding) reply.header('connection', 'close');
    done(null, payload);
  });
}

function observe(fastify: FastifyInstance, { platform, metrics }: ApiParts): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    metrics.request(request.method, route, reply.statusCode, reply.elapsedTime / 1000);
    const { method } = request;
    const correlationId = reply.getHeader('x-correlation-id');
    platform.logger.info(
      { method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime), correlationId },
      'request',
    );
    traceRequest(platform, request, reply);
    done();
  });
}

/** What nobody was let in for leaves no trace: anybody could fill it. */
function traceRequest({ traces }: Platform, request: FastifyRequest, reply: FastifyReply): void {
  const access = traces && accessIfAny(request);
  if (!access) return;
  const { correlationId, requestId, causeId, workspace } = access;
  const route = request.routeOptions.url ?? 'unknown';
  traces.record({
    name: `${request.method} ${route}`,
    kind: 'server',
    correlationId,
    id: requestId,
    causeId,
    startedAt: Date.now() - reply.elapsedTime,
    attributes: {
      'http.request.method': request.method,
      'http.route': route,
      'http.response.status_code': reply.statusCode,
      'axion.workspace': workspace,
    },
  });
}

function sendProblem(reply: FastifyReply, error: unknown): FastifyReply {
  const document = problemOf(error);
  return reply.status(document.status).type('application/problem+json').send(JSON.stringify(document));
}

/** What is no HTTP at all, or ended in the middle, gets a problem document too, while there is somebody to read it. */
function refuseUnreadable(error: Error, socket: Socket): void {
  if (!socket.writable) return void socket.destroy();
  const body = JSON.stringify(
    problem(400, 'request.unreadable', `the request cannot be read: ${messageOf(error)}`),
  );
  socket.end(
    `HTTP/1.1 400 Bad Request\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
