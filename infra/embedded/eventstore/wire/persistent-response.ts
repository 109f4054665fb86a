import { type ConnectionInfo, type GroupInfo } from '../persistent/group-info.js';
import { type Message } from '../persistent/message.js';
import { writeStart } from '../persistent/place.js';
import { bytesField, messageField, numberField, textField } from './fields.js';
import { recordedOf } from './read-response.js';

/** CreateResp, UpdateResp, DeleteResp, ReplayParkedResp and Empty: nothing to say. */
export const DONE = Buffer.alloc(0);

/** ReadResp with one event of a persistent subscription. */
export function encodeMessage(message: Message, structuredIds: boolean): Buffer {
  const { event, record, isLink, retryCount } = message;
  return messageField(
    1,
    ...(event ? [bytesField(1, recordedOf(event, structuredIds))] : []),
    ...(isLink ? [bytesField(2, recordedOf(record, structuredIds))] : []),
    numberField(3, record.position),
    numberField(5, retryCount),
  );
}

export function encodeGetInfo(info: GroupInfo): Buffer {
  return messageField(1, ...fieldsOf(info));
}

export function encodeList(infos: readonly GroupInfo[]): Buffer {
  return Buffer.concat(infos.map((info) => messageField(1, ...fieldsOf(info))));
}

/** The fields of SubscriptionInfo. */
function fieldsOf(info: GroupInfo): Buffer[] {
  const { stream, group, start, settings } = info.definition;
  return [
    textField(1, stream),
    textField(2, group),
    textField(3, info.status),
    ...info.connections.map((connection) => messageField(4, ...connectionFields(connection))),
    numberField(5, info.rate.perSecond),
    numberField(6, info.rate.total),
    numberField(7, info.rate.sinceLast),
    textField(8, info.lastCheckpointed),
    textField(9, info.lastKnown),
    numberField(10, settings.resolveLinks ? 1 : 0),
    textField(11, writeStart(stream, start)),
    numberField(12, settings.messageTimeout),
    numberField(13, settings.extraStatistics ? 1 : 0),
    numberField(14, settings.maxRetryCount),
    numberField(15, settings.liveBufferSize),
    numberField(16, settings.historyBufferSize),
    numberField(17, settings.readBatchSize),
    numberField(18, settings.checkpointAfter),
    numberField(19, settings.minCheckpointCount),
    numberField(20, settings.maxCheckpointCount),
    numberField(21, info.readBufferCount),
    numberField(22, info.liveBufferCount),
    numberField(23, info.retryBufferCount),
    numberField(24, info.inFlightCount),
    numberField(25, info.outstandingCount),
    textField(26, settings.strategy),
    numberField(27, settings.maxSubscriberCount),
    numberField(28, info.parkedCount),
  ];
}

function connectionFields(connection: ConnectionInfo): Buffer[] {
  const { rate, measurements } = connection;
  return [
    // The server leaves empty where a gRPC connection comes from, and knows nobody by name in insecure mode.
    textField(1, ''),
    textField(2, 'anonymous'),
    numberField(3, rate.perSecond),
    numberField(4, rate.total),
    numberField(5, rate.sinceLast),
    ...measurements.map(({ key, value }) => messageField(6, textField(1, key), numberField(2, value))),
    numberField(7, connection.availableSlots),
    numberField(8, connection.inFlight),
    textField(9, connection.connectionName),
  ];
}
