import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

/** What is no page needs no more than this; it is set by hand because it is set on every answer. */
const headersOfData = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
} as const;

/** Pages get all that helmet knows; TLS, and so HSTS, is the business of whoever terminates it. */
export async function setSecurityHeaders(fastify: FastifyInstance, pages: string): Promise<void> {
  await fastify.register(helmet, {
    global: false,
    hsts: false,
    contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } },
  });
  fastify.addHook('onRequest', (request, reply, done) => {
    if (request.url.startsWith(pages)) reply.helmet();
    else reply.headers(headersOfData);
    done();
  });
}
