import type { FastifyRequest } from 'fastify';
import { systemWorkspace } from '../../../domain/kernel/names.js';
import type { Refused } from '../audit/refusals.js';
import { accessIfAny, denialIfAny } from './principal.js';
import type { ProblemDocument } from './problem.js';

const anonymous = 'anonymous';
const denials: ReadonlySet<number> = new Set([401, 403, 404]);
const reads: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/**
 * What the audit trail says of a request that ended with a problem: denied, or a command that failed; undefined for
 * reads that failed. It stands in the trail of whoever asked, not of the workspace that was asked for: nobody writes
 * into the trail of others. What nobody known asked for stands in the platform's own.
 */
export function refusedOf(
  request: FastifyRequest,
  { status, code }: Pick<ProblemDocument, 'status' | 'code'>,
): Refused | undefined {
  const access = accessIfAny(request);
  const denial = denialIfAny(request);
  if (!access && !denial) return undefined;
  const isDenied = access ? status === 403 : denials.has(status);
  if (!isDenied && reads.has(request.method)) return undefined;
  const principal = access?.principal ?? denial?.principal;
  return {
    workspace: access?.workspace ?? principal?.confinedTo ?? systemWorkspace,
    principal: principal?.actor ?? anonymous,
    code,
    outcome: isDenied ? 'denied' : 'failure',
    route: `${request.method} ${request.routeOptions.url ?? ''}`,
    correlationId: access?.correlationId ?? '',
  };
}
