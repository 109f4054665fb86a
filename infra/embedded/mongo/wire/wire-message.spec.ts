import { connect } from 'node:net';
import { deserialize, serialize } from 'bson';
import { DriverAgainstNode } from '../testing/driver-against-node.js';
import { parseMessage, WireError } from './wire-message.js';

function header(length: number, operation: number): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeInt32LE(length, 0);
  bytes.writeInt32LE(7, 4);
  bytes.writeInt32LE(operation, 12);
  return bytes;
}

function message(flags: number, ...sections: readonly Buffer[]): Buffer {
  const flagBytes = Buffer.alloc(4);
  flagBytes.writeUInt32LE(flags);
  const body = Buffer.concat([flagBytes, ...sections]);
  return Buffer.concat([header(16 + body.length, 2013), body]);
}

const bodySection = (document: object): Buffer => Buffer.concat([Buffer.from([0]), serialize(document)]);

function sequence(name: string, ...documents: readonly object[]): Buffer {
  const content = Buffer.concat([
    Buffer.from(`${name}\0`),
    ...documents.map((document) => serialize(document)),
  ]);
  const length = Buffer.alloc(4);
  length.writeInt32LE(content.length + 4);
  return Buffer.concat([Buffer.from([1]), length, content]);
}

describe('wire messages', () => {
  it('carry a body and documents beside it, in any order', () => {
    const request = parseMessage(
      message(0, sequence('documents', { a: 1 }, { a: 2 }), bodySection({ insert: 'x' })),
    );
    expect(request.sequences.get('documents')?.map((value) => deserialize(value.slice()))).toEqual([
      { a: 1 },
      { a: 2 },
    ]);
    expect(deserialize(request.body.slice())).toEqual({ insert: 'x' });
  });

  it('may end in a checksum and may want no answer', () => {
    const checked = parseMessage(message(1, bodySection({ ping: 1 }), Buffer.alloc(4)));
    expect(deserialize(checked.body.slice())).toEqual({ ping: 1 });
    expect(parseMessage(message(2, bodySection({ ping: 1 }))).silent).toBe(true);
  });

  it.each([
    ['unknown required flags', message(4, bodySection({}))],
    ['no body', message(0)],
    ['two bodies', message(0, bodySection({}), bodySection({}))],
    ['an unknown section', message(0, Buffer.from([9]))],
    ['another operation', header(16 + 5, 2001)],
  ])('are refused with %s', (_what, bytes) => {
    const padded = bytes.length < 21 ? Buffer.concat([bytes, Buffer.alloc(21 - bytes.length)]) : bytes;
    expect(() => parseMessage(padded)).toThrow(WireError);
  });

  it('are refused when a length inside them lies', () => {
    const bytes = message(0, bodySection({ a: 'text' }));
    bytes.writeInt32LE(10_000, 28);
    expect(() => parseMessage(bytes)).toThrow('invalid BSON');
  });

  it('greet a client that still begins with OP_QUERY', async () => {
    const server = await DriverAgainstNode.start();
    const question = Buffer.concat([
      Buffer.alloc(4),
      Buffer.from('admin.$cmd\0'),
      Buffer.alloc(8),
      serialize({ isMaster: 1, helloOk: true }),
    ]);
    const socket = connect(server.port, '127.0.0.1');
    socket.write(Buffer.concat([header(16 + question.length, 2004), question]));
    const answer = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
    expect(answer.readInt32LE(12)).toBe(1);
    expect(deserialize(answer.subarray(36))).toMatchObject({ ok: 1, ismaster: true, maxWireVersion: 21 });
    socket.destroy();
    await server.stop();
  });
});
