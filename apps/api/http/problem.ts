import {
  AxionError,
  Forbidden,
  InvalidRequest,
  KeyReused,
  NotFound,
  Rejected,
  TooLarge,
  Unauthenticated,
  Unavailable,
  codeOf,
  messageOf,
} from '../../../domain/kernel/errors.js';

import { AppendRefused } from '../../../domain/kernel/ports/event-log.js';

/** A problem document (RFC 9457); its own fields stand beside the standard ones. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly [extension: string]: unknown;
}

/** HTTP status codes live here and nowhere else. */
const statusOfKind: readonly (readonly [new (...parameters: never[]) => AxionError, number])[] = [
  [InvalidRequest, 400],
  [Unauthenticated, 401],
  [Forbidden, 403],
  [NotFound, 404],
  [TooLarge, 413],
  [KeyReused, 422],
  [AppendRefused, 422],
  [Unavailable, 503],
];

/** A rule that was broken is a conflict, unless the request speaks of what is not there or cannot be used at all. */
const statusOfRejection: Readonly<Record<string, number>> = {
  'kernel.bad-stream-name': 400,
  'tenancy.bad-workspace-id': 400,
  'tenancy.role-beyond-own': 403,
  'audit.bad-range': 422,
  'reconciliation.bad-profile': 422,
  'reconciliation.bad-tolerances': 422,
  'reconciliation.two-tolerances': 422,
  'reconciliation.bad-instruments': 422,
  'reconciliation.bad-rule': 422,
  'reconciliation.unreadable-upload': 422,
  'reconciliation.empty-upload': 422,
  'reconciliation.wrong-side': 422,
  'reconciliation.bad-quantity': 422,
  'reconciliation.bad-break-policy': 422,
  'reconciliation.bad-bulk-action': 422,
  'reconciliation.bad-period': 422,
  'reconciliation.second-person-needed': 403,
};

const titles: Readonly<Record<number, string>> = {
  400: 'The request is not well formed',
  401: 'A valid key is needed',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Not a method of this address',
  406: 'Not available in that form',
  409: 'A rule says no',
  413: 'Too large',
  414: 'The address is too long',
  415: 'Not a content type that is taken here',
  422: 'It cannot be used',
  500: 'Something is broken on our side',
  503: 'Not available now; try again',
};

/** What a client is told of an error. What is not meant for clients stays in the log. */
export function problemOf(error: unknown): ProblemDocument {
  if (error instanceof AxionError) {
    const status = statusOf(error);
    if (status < 500 || error instanceof Unavailable)
      return problem(status, error.code, error.message, error.details);
    return problem(
      status,
      'platform.fault',
      'the platform stopped rather than go on wrongly; the log says more',
    );
  }
  const status = statusOfFramework(error);
  if (status !== undefined && status < 500) return problem(status, frameworkCode(status), messageOf(error));
  return problem(500, 'platform.fault', 'something is broken on our side; the log says more');
}

export function problem(
  status: number,
  code: string,
  detail: string,
  extensions: object = {},
): ProblemDocument {
  return {
    type: `urn:axion:problem:${code}`,
    title: titles[status] ?? 'It did not work',
    status,
    code,
    detail,
    ...extensions,
  };
}

function statusOf(error: AxionError): number {
  if (error instanceof Rejected) {
    const fixed = statusOfRejection[error.code];
    if (fixed !== undefined) return fixed;
    return error.code.includes('.unknown-') ? 404 : 409;
  }
  return statusOfKind.find(([kind]) => error instanceof kind)?.[1] ?? 500;
}

/** Nest's and Fastify's own errors say their status themselves. */
function statusOfFramework(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if (codeOf(error) === 'ECONNRESET') return 400;
  if ('getStatus' in error && typeof error.getStatus === 'function')
    return Number(error.getStatus.call(error));
  if ('statusCode' in error && typeof error.statusCode === 'number') return error.statusCode;
  return undefined;
}

function frameworkCode(status: number): string {
  const codes: Readonly<Record<number, string>> = {
    404: 'request.unknown-address',
    405: 'request.unknown-method',
    413: 'request.too-large',
    414: 'request.address-too-long',
    415: 'request.unknown-content-type',
  };
  return codes[status] ?? 'request.invalid';
}
