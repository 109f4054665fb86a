import {
  ALL,
  type GroupDefinition,
  type GroupFilter,
  type GroupSettings,
  type GroupStart,
} from '../persistent/definition.js';
import { readStreamName } from './append-request.js';
import { FieldReader } from './field-reader.js';
import { optionsOf } from './group-name-request.js';
import { readAllPosition, readFilter } from './read-request.js';

/** The greatest revision stands for the end in the older form of the request, which clients still send. */
const END = 2n ** 64n - 1n;
const TICKS_PER_MILLISECOND = 10_000;
const OLD_STRATEGIES = ['DispatchToSingle', 'RoundRobin', 'Pinned'];

/** Reads CreateReq and UpdateReq of event_store.client.persistent_subscriptions, which look the same. */
export function decodeGroupDefinition(bytes: Buffer): GroupDefinition {
  let stream = '';
  let group = '';
  let start: GroupStart | undefined;
  let filter: GroupFilter | undefined;
  let settings = settingsFrom(new FieldReader(Buffer.alloc(0)));
  const options = optionsOf(bytes);
  while (options.next()) {
    switch (options.field) {
      case 1:
        stream = readStreamName(options.message());
        break;
      case 2:
        group = options.text();
        break;
      case 3:
        settings = settingsFrom(options.message());
        break;
      case 4:
        ({ stream, start } = readStream(options.message()));
        break;
      case 5:
        stream = ALL;
        ({ start, filter } = readAll(options.message()));
        break;
      default:
        options.skip();
    }
  }
  return { stream, group, filter, start: start ?? settings.oldStart, settings: settings.settings };
}

function readStream(reader: FieldReader): { stream: string; start: GroupStart } {
  let stream = '';
  let start: GroupStart = 'start';
  while (reader.next()) {
    if (reader.field === 1) stream = readStreamName(reader.message());
    else if (reader.field === 2) start = startAt(reader.unsigned64());
    else {
      if (reader.field === 4) start = 'end';
      reader.skip();
    }
  }
  return { stream, start };
}

function readAll(reader: FieldReader): { start: GroupStart; filter: GroupFilter | undefined } {
  let start: GroupStart = 'start';
  let filter: GroupFilter | undefined;
  while (reader.next()) {
    if (reader.field === 1) start = readAllPosition(reader.message());
    else if (reader.field === 4) filter = readFilter(reader.message());
    else {
      if (reader.field === 3) start = 'end';
      reader.skip();
    }
  }
  return { start, filter };
}

function startAt(revision: bigint): GroupStart {
  if (revision === END) return 'end';
  return revision === 0n ? 'start' : { commit: revision, prepare: revision };
}

function settingsFrom(reader: FieldReader): { settings: GroupSettings; oldStart: GroupStart } {
  let oldStart: GroupStart = 'start';
  let oldStrategy = 'DispatchToSingle';
  let strategy = '';
  let resolveLinks = false;
  let extraStatistics = false;
  const numbers = new Map<number, number>();
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        resolveLinks = reader.flag();
        break;
      case 2:
        oldStart = startAt(reader.unsigned64());
        break;
      case 3:
        extraStatistics = reader.flag();
        break;
      case 13:
        oldStrategy = OLD_STRATEGIES[reader.number()] ?? 'unknown';
        break;
      case 16:
        strategy = reader.text();
        break;
      default:
        if (reader.field < 16) numbers.set(reader.field, reader.signed64());
        else reader.skip();
    }
  }
  const number = (field: number): number => numbers.get(field) ?? 0;
  const duration = (ms: number, ticks: number): number =>
    numbers.get(ms) ?? Math.floor(number(ticks) / TICKS_PER_MILLISECOND);
  const settings = {
    resolveLinks,
    extraStatistics,
    messageTimeout: duration(14, 4),
    maxRetryCount: number(5),
    checkpointAfter: duration(15, 6),
    minCheckpointCount: number(7),
    maxCheckpointCount: number(8),
    maxSubscriberCount: number(9),
    liveBufferSize: number(10),
    readBatchSize: number(11),
    historyBufferSize: number(12),
    strategy: strategy === '' ? oldStrategy : strategy,
  };
  return { settings, oldStart };
}
