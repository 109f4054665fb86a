import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { IsIn, IsString, Length } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { AxionError, Rejected } from '../../../../domain/kernel/errors.js';
import type { RecordUpload } from '../../../../domain/reconciliation/uploads/commands.js';
import type { BookSide, OtherMessages } from '../../../../domain/reconciliation/contract.js';
import { profileOf, source } from '../../../../domain/reconciliation/uploads/source.js';
import type { Answer } from '../../../../infra/engine/commands/aggregates.js';
import { AggregateStates } from '../../../../infra/engine/commands/aggregate-states.js';
import { Commands } from '../../../../infra/engine/commands/commands.js';
import { bindContext, type ExecutionContext } from '../../../../infra/engine/commands/execution-context.js';
import { ComputationPool } from '../../../../infra/engine/jobs/computation-pool.js';
import { FileObjectStore } from '../../../../infra/objects/file-object-store.js';
import type { ReadUploadOutput, ReadUploadProgress } from '../../../worker/reconciliation/read-upload.js';
import { RequestExecution, withBody } from '../../http/request-execution.js';
import { BodyStream } from '../../http/body-stream.js';
import { whileConnected } from '../../http/while-connected.js';
import { progressHeader, UploadProgress, type Report } from './upload-progress.js';

export class UploadQuery {
  @IsIn(['internal', 'broker']) side!: BookSide;
  @IsString() @Length(1, 64) source!: string;
}

export interface UploadAnswer extends Answer {
  readonly uploadId: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly rows: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly otherMessages?: readonly OtherMessages[];
}

/** Takes a file in: stored as it came, read by its source's profile in a process of its own, and only then named. */
@Injectable()
export class UploadIntake {
  constructor(
    private readonly commands: Commands,
    private readonly requests: RequestExecution,
    private readonly states: AggregateStates,
    private readonly objects: FileObjectStore,
    private readonly pool: ComputationPool,
    private readonly bodies: BodyStream,
    private readonly progress: UploadProgress,
  ) {}

  async take(request: FastifyRequest, query: UploadQuery, command: RecordUpload): Promise<UploadAnswer> {
    const execution = await this.requests.of(request);
    const report = this.progress.begin(execution.context.workspace, request.headers[progressHeader]);
    try {
      const answer = await this.takeFor(request, query, command, execution, report);
      report({ stage: 'recorded', rows: answer.rows, uploadId: answer.uploadId });
      return answer;
    } catch (error) {
      report({ stage: 'refused', code: error instanceof AxionError ? error.code : 'platform.fault' });
      throw error;
    }
  }

  private async takeFor(
    request: FastifyRequest,
    query: UploadQuery,
    command: RecordUpload,
    execution: ExecutionContext,
    report: Report,
  ): Promise<UploadAnswer> {
    const { workspace } = execution.context;
    const { version, profile } = profileOf(
      query.source,
      await this.states.read(source, workspace, query.source),
    );
    if (profile.side !== undefined && profile.side !== query.side)
      throw new Rejected(
        'reconciliation.wrong-side',
        `${query.source} sends files of the ${profile.side} side`,
      );
    const file = await this.objects.put(counted(this.bodies.of(request), report));
    report({ stage: 'stored' });
    const onProgress = (progress: object): void =>
      report({ stage: 'reading', rows: (progress as ReadUploadProgress).rows });
    const read = await whileConnected(request, (givenUp) =>
      this.pool.run('read-upload', { sha256: file.sha256, profile }, onProgress, givenUp),
    );
    // The pool gives back what `readUpload` returned.
    const output = read as ReadUploadOutput;
    const identity = JSON.stringify([query.side, query.source, version, file.sha256]);
    command.upload = {
      uploadId: hash('sha256', identity).slice(0, 32),
      side: query.side,
      source: query.source,
      sourceVersion: version,
      ...file,
      ...output,
    };
    const answer = await this.commands.execute(bindContext(command, withBody(execution, file.sha256)));
    // Under an Idempotency-Key that was used before this is the first upload, though the profile may be another now.
    const { uploadId, sha256, bytes, rows, accepted, rejected, otherMessages } = command.upload;
    const others = otherMessages && { otherMessages };
    return { uploadId, sha256, bytes, rows, accepted, rejected, ...others, ...answer };
  }
}

async function* counted(chunks: AsyncIterable<Uint8Array>, report: Report): AsyncIterable<Uint8Array> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.byteLength;
    report({ bytes });
    yield chunk;
  }
}
