import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { mergeMap, type Observable } from 'rxjs';
import { isJsonObject } from '../../../domain/kernel/json.js';
import type { SigningKeys } from '../../../infra/audit/keys/signing-keys.js';
import { workspaceOf } from '../../../infra/audit/log/leaf-reader.js';
import type { SealedProofs } from '../../../infra/audit/proofs/sealed-proofs.js';
import { signReceipt, type ReceiptFields } from '../../../infra/audit/receipts/receipt.js';

/** RFC 7240; other preferences are none of ours. */
const sealedPreference = /(?:^|,)\s*wait\s*=\s*"?sealed"?\s*(?:;|,|$)/i;

/**
 * Adds to what a command is answered with its receipt, and where the client prefers to wait for it, the proof that it
 * is sealed. A seal that takes too long takes nothing away from the answer: the header `preference-applied` is missing.
 */
@Injectable()
export class Receipts implements NestInterceptor {
  constructor(
    private readonly keys: SigningKeys,
    private readonly proofs: SealedProofs,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    if (request.method === 'GET' || request.method === 'HEAD') return next.handle();
    const reply = http.getResponse<FastifyReply>();
    return next.handle().pipe(mergeMap((answer: unknown) => this.receipted(answer, request, reply)));
  }

  private async receipted(answer: unknown, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    if (!isCommandAnswer(answer)) return answer;
    const receipted = { ...answer, receipt: signReceipt(answer, await this.keys.newest()) };
    if (!sealedPreference.test(String(request.headers['prefer'] ?? ''))) return receipted;
    const { stream, revision, position } = answer;
    const proof = await this.proofs.whenSealed({
      workspace: workspaceOf(stream),
      stream,
      revision: BigInt(revision),
      position: BigInt(position),
    });
    if (proof === undefined) return receipted;
    void reply.header('preference-applied', 'wait=sealed');
    return { ...receipted, proof };
  }
}

function isCommandAnswer(answer: unknown): answer is ReceiptFields {
  return (
    isJsonObject(answer) &&
    ['stream', 'revision', 'position', 'hash'].every((name) => typeof answer[name] === 'string')
  );
}
