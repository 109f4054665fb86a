import { isJsonObject, type JsonObject, type JsonValue } from '../../domain/kernel/json.js';
import { textAt, type Ask, type HttpClient, type Reply } from './http-client.js';

/** A route as the OpenAPI document describes it. */
export interface Operation {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly described: JsonObject;
  /** Undefined: needs no key. */
  readonly role: string | undefined;
  /** Where its workspace is named. */
  readonly workspace: 'header' | 'path' | 'system';
}

export function operationsOf(document: JsonObject): Operation[] {
  return entriesOf(document['paths']).flatMap(([path, methods]) =>
    entriesOf(methods).map(([method, described]) => {
      if (!isJsonObject(described)) throw new Error(`${method} ${path} is not described`);
      const parameters = listOf(described['parameters']);
      const byHeader = parameters.some((parameter) => parameter['name'] === 'X-Workspace');
      return {
        name: `${method.toUpperCase()} ${path}`,
        method: method.toUpperCase(),
        path,
        described,
        role:
          described['security'] === undefined
            ? undefined
            : /`(\w+)`/.exec(textAt(described, 'description'))?.[1],
        workspace: byHeader ? 'header' : path.includes('{workspaceId}') ? 'path' : 'system',
      };
    }),
  );
}

export function entriesOf(value: JsonValue | undefined): [string, JsonValue][] {
  return isJsonObject(value) ? Object.entries(value) : [];
}

export function listOf(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** Ids for a path's parameters, bodies by operation id, and query texts by operation id. */
export interface Samples {
  readonly ids: Readonly<Record<string, string>>;
  readonly asks: Readonly<Record<string, Ask & { readonly query?: string }>>;
}

/** Calls a route as whoever the client is. */
export function call(client: HttpClient, operation: Operation, { ids, asks }: Samples): Promise<Reply> {
  const { method, path, described } = operation;
  const { query = '', ...ask } = asks[textAt(described, 'operationId')] ?? {};
  const filled = path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => ids[name] ?? `no-${name}`);
  const needsBody = described['requestBody'] !== undefined && ask.json === undefined && ask.raw === undefined;
  return client.ask(`${filled}${query}`, { method, ...(needsBody && { json: {} }), ...ask });
}
