import { Readable } from 'node:stream';
import { UnsupportedMediaTypeException } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { InvalidRequest, TooLarge } from '../../../domain/kernel/errors.js';

/** What a file of trades is sent as; how it is read, its source's profile says. */
export const fileContentTypes = ['text/csv', 'application/x-ndjson', 'text/plain'];

/** Raw bodies that are streamed: counted against their limit, and refused when they end early. */
export class BodyStream {
  constructor(private readonly maximumBytes: number) {}

  /** @throws TooLarge beyond the limit @throws InvalidRequest when there is no body, or it broke off */
  async *of(request: FastifyRequest): AsyncIterable<Uint8Array> {
    const { body } = request;
    if (body !== undefined && body !== null && !(body instanceof Readable))
      throw new UnsupportedMediaTypeException(`a file is sent as one of ${fileContentTypes.join(', ')}`);
    if (!(body instanceof Readable))
      throw new InvalidRequest('request.no-body', 'the file is missing: it is the body');
    const declared = Number(request.headers['content-length'] ?? Number.NaN);
    if (declared > this.maximumBytes) throw this.tooLarge();
    let received = 0;
    try {
      for await (const chunk of body) {
        const bytes = chunk as Uint8Array;
        received += bytes.byteLength;
        if (received > this.maximumBytes) throw this.tooLarge();
        yield bytes;
      }
    } catch (error) {
      if (error instanceof TooLarge) throw error;
      throw new InvalidRequest(
        'request.broken-off',
        `the body broke off after ${received} bytes; nothing was stored`,
      );
    }
    if (Number.isFinite(declared) && received !== declared)
      throw new InvalidRequest(
        'request.broken-off',
        `${received} bytes came where ${declared} were announced`,
      );
  }

  private tooLarge(): TooLarge {
    return new TooLarge('request.too-large', `a file has at most ${this.maximumBytes} bytes`, {
      limit: this.maximumBytes,
    });
  }
}
