import { status } from '@grpc/grpc-js';
import { Refusal } from '../refusals.js';
import { type GroupName } from './definition.js';

function refusal(code: status, exception: string, { stream, group }: GroupName, details: string): Refusal {
  return new Refusal(code, details, { exception, 'stream-name': stream, 'group-name': group });
}

function described({ stream, group }: GroupName): string {
  return `group ${group} on stream ${stream}`;
}

export function groupExists(name: GroupName): Refusal {
  const details = `Subscription ${described(name)} exists.`;
  return refusal(status.ALREADY_EXISTS, 'persistent-subscription-exists', name, details);
}

export function groupDoesNotExist(name: GroupName): Refusal {
  const details = `Subscription ${described(name)} does not exist.`;
  return refusal(status.NOT_FOUND, 'persistent-subscription-does-not-exist', name, details);
}

export function tooManySubscribers(name: GroupName): Refusal {
  const details = `Maximum subscriptions reached for subscription ${described(name)}.`;
  return refusal(status.FAILED_PRECONDITION, 'maximum-subscribers-reached', name, details);
}

export function groupDropped(name: GroupName): Refusal {
  const details = `Subscription ${described(name)} was dropped.`;
  return refusal(status.CANCELLED, 'persistent-subscription-dropped', name, details);
}

export function groupFailed(name: GroupName, reason: string): Refusal {
  return new Refusal(status.INTERNAL, `Subscription ${described(name)} failed: '${reason}'`, {
    exception: 'persistent-subscription-failed',
    'stream-name': name.stream,
    'group-name': name.group,
    reason,
  });
}
