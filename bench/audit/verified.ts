import { withProgramOf } from '../kit/programs.js';
import type { VerifyReply, VerifyRequest } from './verify-program.js';

/** What `axion verify` finds, in a process of its own that is as cold as the command's. */
export function verified(request: VerifyRequest): Promise<VerifyReply> {
  return withProgramOf('audit', 'verify', (program) => program.ask<VerifyReply>(request));
}
