import { isJsonObject, type JsonObject, type JsonValue } from '../../domain/kernel/json.js';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The answer where it is a JSON object; empty otherwise. */
  readonly body: JsonObject;
}

export interface Ask {
  readonly method?: string;
  /** Sent as JSON. */
  readonly json?: JsonValue;
  /** Sent as it is. */
  readonly raw?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Gives the answer up. */
  readonly signal?: AbortSignal;
}

interface Identity {
  readonly key?: string | undefined;
  readonly workspace?: string | undefined;
}

/** The platform as somebody with a key, in a workspace, sees it. Never throws for an answer, whatever its status. */
export class HttpClient {
  constructor(
    readonly url: string,
    readonly identity: Identity = {},
  ) {}

  as(key: string | undefined): HttpClient {
    return new HttpClient(this.url, { ...this.identity, key });
  }

  in(workspace: string | undefined): HttpClient {
    return new HttpClient(this.url, { ...this.identity, workspace });
  }

  get workspace(): string {
    return this.identity.workspace ?? '';
  }

  /** Who asks, and where. */
  get credentials(): Record<string, string> {
    const { key, workspace } = this.identity;
    return {
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      ...(workspace !== undefined && { 'x-workspace': workspace }),
    };
  }

  async ask(path: string, { method = 'GET', json, raw, headers = {}, signal }: Ask = {}): Promise<Reply> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...this.credentials,
        ...(json !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(json !== undefined && { body: JSON.stringify(json) }),
      ...(raw !== undefined && { body: raw }),
      ...(signal && { signal }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: bodyOf(response.headers, text) };
  }

  get(path: string): Promise<Reply> {
    return this.ask(path);
  }

  post(path: string, json: JsonValue, headers: Readonly<Record<string, string>> = {}): Promise<Reply> {
    return this.ask(path, { method: 'POST', json, headers });
  }

  delete(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Reply> {
    return this.ask(path, { method: 'DELETE', headers });
  }

  upload(
    { side, source }: { readonly side: string; readonly source: string },
    raw: string | Uint8Array<ArrayBuffer>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Reply> {
    return this.ask(`/v1/reconciliation/uploads?side=${side}&source=${source}`, {
      method: 'POST',
      raw,
      headers: { 'content-type': 'text/csv', ...headers },
    });
  }

  /** Every item of a list, page by page to its end. */
  async every(path: string, limit: number): Promise<JsonObject[]> {
    const items: JsonObject[] = [];
    let next: JsonValue | undefined;
    do {
      const cursor = typeof next === 'string' ? `&cursor=${encodeURIComponent(next)}` : '';
      const { status, body, text } = await this.get(
        `${path}${path.includes('?') ? '&' : '?'}limit=${limit}${cursor}`,
      );
      if (status !== 200 || !Array.isArray(body['items'])) throw new Error(`${path}: ${status} ${text}`);
      if (body['items'].length > limit) throw new Error(`${path} gave more than ${limit} items`);
      items.push(...body['items'].filter(isJsonObject));
      next = body['next'];
    } while (typeof next === 'string');
    return items;
  }
}

function bodyOf(headers: Headers, text: string): JsonObject {
  if (!/json/.test(headers.get('content-type') ?? '')) return {};
  const body: unknown = text === '' ? {} : JSON.parse(text);
  return isJsonObject(body) ? body : {};
}

/** A field that must be a text. */
export function textAt(body: JsonObject, field: string): string {
  const value = body[field];
  if (typeof value !== 'string') throw new Error(`${field} is no text in ${JSON.stringify(body)}`);
  return value;
}

/** A field that must be a list of texts. */
export function textsAt(body: JsonObject, field: string): string[] {
  const value = body[field];
  if (!Array.isArray(value)) throw new Error(`${field} is no list in ${JSON.stringify(body)}`);
  return value.map(String);
}

/** A value as people read it. */
export function shown(value: JsonValue | undefined): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
