import { request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { JsonObject } from '../../domain/kernel/json.js';
import type { HttpClient, Reply } from './http-client.js';

/** Sends bytes as they are, then says that no more come, and reads what is answered. */
export async function sendRaw(url: string, text: string): Promise<Reply> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  socket.end(text);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  const [head = '', ...rest] = Buffer.concat(chunks).toString().split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const headers = new Headers(lines.map((line) => line.split(/: (.*)/).slice(0, 2) as [string, string]));
  const body = rest.join('\r\n\r\n');
  return {
    status: Number(first.split(' ')[1] ?? Number.NaN),
    headers,
    text: body,
    body: body.startsWith('{') ? (JSON.parse(body) as JsonObject) : {},
  };
}

export interface OpenUpload {
  write(text: string): void;
  /** Ends the body; gives what was answered, and what becomes of the connection. */
  end(): Promise<{ readonly status: number; readonly connection: string | undefined; readonly text: string }>;
  /** Breaks off in the middle. */
  abort(): void;
}

/** A chunked upload that is under way: the server has its headers and the first part of its body. */
export async function beginUpload(
  client: HttpClient,
  query: string,
  firstPart: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<OpenUpload> {
  const sent = request(`${client.url}/v1/reconciliation/uploads?${query}`, {
    method: 'POST',
    headers: {
      ...client.credentials,
      'content-type': 'text/csv',
      'transfer-encoding': 'chunked',
      ...headers,
    },
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve);
    sent.once('error', reject);
  });
  answered.catch(() => undefined);
  await new Promise<void>((resolve, reject) => {
    sent.once('error', reject);
    sent.write(firstPart, (error) => (error ? reject(error) : resolve()));
  });
  return {
    write: (text) => void sent.write(text),
    end: async () => {
      sent.end();
      const answer = await answered;
      let text = '';
      for await (const chunk of answer) text += String(chunk);
      return { status: answer.statusCode ?? 0, connection: answer.headers.connection, text };
    },
    abort: () => void sent.destroy(),
  };
}
