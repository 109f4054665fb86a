import { type MethodDefinition } from '@grpc/grpc-js';

type Method<Request> = MethodDefinition<Request, Buffer>;

/** Answers are encoded where they are made; the transport frames them as they are. */
function method<Request>(
  path: string,
  decode: (bytes: Buffer) => Request,
  requestStream: boolean,
  responseStream: boolean,
): Method<Request> {
  return {
    path,
    requestStream,
    responseStream,
    requestDeserialize: decode,
    responseSerialize: asItIs,
    requestSerialize: refuseToSerialize,
    responseDeserialize: asItIs,
  };
}

export function unary<Request>(path: string, decode: (bytes: Buffer) => Request): Method<Request> {
  return method(path, decode, false, false);
}

export function serverStreaming<Request>(path: string, decode: (bytes: Buffer) => Request): Method<Request> {
  return method(path, decode, false, true);
}

export function clientStreaming<Request>(path: string, decode: (bytes: Buffer) => Request): Method<Request> {
  return method(path, decode, true, false);
}

export function bidirectional<Request>(path: string, decode: (bytes: Buffer) => Request): Method<Request> {
  return method(path, decode, true, true);
}

function asItIs(bytes: Buffer): Buffer {
  return bytes;
}

/** Stands for a request without content; the transport takes `undefined` for "no request came". */
export const NO_CONTENT = Symbol('no content');

export function decodeNothing(): typeof NO_CONTENT {
  return NO_CONTENT;
}

function refuseToSerialize(): Buffer {
  throw new Error('a server sends no requests');
}
