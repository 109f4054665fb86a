import { type Consumer } from './consumer.js';
import { type GroupDefinition } from './definition.js';
import { type Group } from './group.js';
import { type Measurement } from './observed-times.js';
import { writePlace } from './place.js';
import { type RateSince } from './rate.js';

export interface ConnectionInfo {
  readonly connectionName: string;
  readonly rate: RateSince;
  readonly availableSlots: number;
  readonly inFlight: number;
  readonly measurements: readonly Measurement[];
}

/** How a group stands. Rates count from the last time that somebody asked. */
export interface GroupInfo {
  readonly definition: GroupDefinition;
  readonly status: 'Live' | 'Behind' | 'Behind, ReplayingParkedMessages' | 'ReplayingParkedMessages, Live';
  readonly connections: readonly ConnectionInfo[];
  readonly rate: RateSince;
  readonly lastCheckpointed: string;
  readonly lastKnown: string;
  readonly readBufferCount: number;
  readonly liveBufferCount: number;
  readonly retryBufferCount: number;
  readonly inFlightCount: number;
  readonly outstandingCount: number;
  readonly parkedCount: number;
}

export function infoOf(group: Group): GroupInfo {
  const { definition, intake } = group;
  const place = (at: number | undefined): string =>
    at === undefined ? '' : writePlace(definition.stream, at);
  const connections = [...group.consumers].map(connectionOf);
  return {
    definition,
    status: statusOf(group),
    connections,
    rate: group.rate.look(),
    lastCheckpointed: place(group.checkpoints.last),
    lastKnown: place(intake.lastKnown),
    readBufferCount: intake.readCount,
    liveBufferCount: intake.liveCount,
    retryBufferCount: group.retries.messages.length,
    inFlightCount: connections.reduce((sum, { inFlight }) => sum + inFlight, 0),
    outstandingCount: group.outstanding.size,
    parkedCount: group.replay.waiting,
  };
}

/** The server's flags in the order it writes them. */
function statusOf({ intake, replay }: Group): GroupInfo['status'] {
  if (replay.isUnderWay) {
    return intake.isLive ? 'ReplayingParkedMessages, Live' : 'Behind, ReplayingParkedMessages';
  }
  return intake.isLive ? 'Live' : 'Behind';
}

function connectionOf(consumer: Consumer): ConnectionInfo {
  return {
    connectionName: consumer.call.connectionName,
    rate: consumer.rate.look(),
    availableSlots: consumer.availableSlots,
    inFlight: consumer.inFlight,
    measurements: consumer.times?.measurements() ?? [],
  };
}
