import fc from 'fast-check';
import messages from '@eventstore/db-client/generated/persistent_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { decodeConsumerRequest } from './consumer-request.js';
import { MalformedMessage } from './field-reader.js';
import { decodeGroupDefinition } from './group-definition-request.js';
import {
  decodeDeleteGroup,
  decodeGetGroupInfo,
  decodeListGroups,
  decodeReplayParked,
} from './group-name-request.js';

const DECODERS = [
  decodeGroupDefinition,
  decodeConsumerRequest,
  decodeDeleteGroup,
  decodeGetGroupInfo,
  decodeListGroups,
  decodeReplayParked,
];

function identifier(name: string): InstanceType<typeof shared.StreamIdentifier> {
  const result = new shared.StreamIdentifier();
  result.setStreamName(Buffer.from(name).toString('base64'));
  return result;
}

// The client still sends the older form of a group on a stream; the newer one is built here.
function createRequest(
  build: (options: InstanceType<typeof messages.CreateReq.StreamOptions>) => void,
): Buffer {
  const stream = new messages.CreateReq.StreamOptions();
  stream.setStreamIdentifier(identifier('the stream'));
  build(stream);
  const settings = new messages.CreateReq.Settings();
  settings.setMessageTimeoutTicks('50000000');
  settings.setCheckpointAfterTicks('20000000');
  settings.setNamedConsumerStrategy(messages.CreateReq.ConsumerStrategy.PINNED);
  settings.setMaxRetryCount(-3);
  const options = new messages.CreateReq.Options();
  options.setStream(stream);
  options.setGroupName('the group');
  options.setSettings(settings);
  const request = new messages.CreateReq();
  request.setOptions(options);
  return Buffer.from(request.serializeBinary());
}

test.each<[string, (options: InstanceType<typeof messages.CreateReq.StreamOptions>) => void, unknown]>([
  ['the start', (options) => options.setStart(new shared.Empty()), 'start'],
  ['the end', (options) => options.setEnd(new shared.Empty()), 'end'],
  ['a revision', (options) => options.setRevision('7'), { commit: 7n, prepare: 7n }],
])('the newer form of a request, beginning at %s, is understood', (_where, build, start) => {
  expect(decodeGroupDefinition(createRequest(build))).toMatchObject({
    stream: 'the stream',
    group: 'the group',
    start,
    settings: { messageTimeout: 5000, checkpointAfter: 2000, strategy: 'Pinned', maxRetryCount: -3 },
  });
});

test('ids are understood as text and as two integers', () => {
  const text = '0f8fad5b-d9cb-469f-a165-70867728950e';
  const [asText, asIntegers] = [new shared.UUID(), new shared.UUID()];
  asText.setString(text);
  const structured = new shared.UUID.Structured();
  const bytes = Buffer.from(text.replaceAll('-', ''), 'hex');
  structured.setMostSignificantBits(String(bytes.readBigInt64BE(0)));
  structured.setLeastSignificantBits(String(bytes.readBigInt64BE(8)));
  asIntegers.setStructured(structured);
  const nack = new messages.ReadReq.Nack();
  nack.setIdsList([asText, asIntegers, new shared.UUID()]);
  nack.setAction(messages.ReadReq.Nack.Action.STOP);
  nack.setReason('why');
  const request = new messages.ReadReq();
  request.setNack(nack);
  expect(decodeConsumerRequest(Buffer.from(request.serializeBinary()))).toEqual({
    kind: 'nack',
    ids: [text, text],
    wish: 'stop',
    reason: 'why',
  });
});

test('bytes that are no request are refused as such, or say nothing', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(...DECODERS), (bytes, decode) => {
      try {
        decode(Buffer.from(bytes));
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedMessage);
      }
    }),
    { numRuns: 2000 },
  );
});
