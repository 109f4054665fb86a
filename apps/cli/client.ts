import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { isJsonObject, type JsonObject } from '../../domain/kernel/json.js';

/** What the platform refused, in its own words. */
export class RequestFailed extends Error {}

interface Asked extends Omit<RequestInit, 'headers'> {
  readonly contentType?: string;
}

/** The platform's HTTP interface as a client sees it. */
export class Client {
  constructor(
    private readonly url: string,
    private readonly key: string,
    private readonly workspace: string,
  ) {}

  /** @throws RequestFailed with the problem's own words */
  get(path: string): Promise<JsonObject> {
    return this.ask('GET', path, {});
  }

  post(path: string, body: object): Promise<JsonObject> {
    return this.ask('POST', path, {
      contentType: 'application/json',
      body: JSON.stringify(body),
    });
  }

  upload(path: string, file: string): Promise<JsonObject> {
    return this.ask('POST', path, {
      contentType: 'text/csv',
      body: Readable.toWeb(createReadStream(file)) as ReadableStream,
      duplex: 'half',
    });
  }

  private async ask(method: string, path: string, { contentType, ...rest }: Asked): Promise<JsonObject> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.key}`,
        'x-workspace': this.workspace,
        ...(contentType !== undefined && { 'content-type': contentType }),
      },
      ...rest,
    });
    const answer: unknown = await response.json();
    if (!isJsonObject(answer)) throw new RequestFailed(`${method} ${path} was not answered with an object`);
    if (!response.ok) throw new RequestFailed(`${method} ${path}: ${JSON.stringify(answer['detail'])}`);
    return answer;
  }
}
