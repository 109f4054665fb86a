import { IsIn, IsOptional, IsString, Length, Matches } from 'class-validator';
import {
  auditCategories,
  auditOutcomes,
  type AuditCategory,
  type AuditOutcome,
} from '../../../domain/kernel/audit.js';
import { InvalidRequest } from '../../../domain/kernel/errors.js';
import { parseStreamName } from '../../../domain/kernel/names.js';
import type { PageRequest } from '../../../domain/kernel/ports/read-model-store.js';
import { PageQuery, pageRequest } from '../http/queries.js';

const rfc3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;
const timeMessage = { message: '$property must be a time as RFC 3339 has it' };
const noControls = /^[^\u0000-\u0008\u000b-\u001f\u007f]*$/;

/** What the trail can be searched by; all that is given must hold. */
export class TrailQuery extends PageQuery {
  @IsOptional() @IsString() @Length(1, 200) actor?: string;
  /** Type of the event. */
  @IsOptional() @IsString() @Length(1, 200) action?: string;
  @IsOptional() @IsIn(auditCategories) category?: AuditCategory;
  @IsOptional() @IsIn(auditOutcomes) outcome?: AuditOutcome;
  /** A stream, or `<category of the stream>/<id of the aggregate>`. */
  @IsOptional() @IsString() @Length(1, 300) resource?: string;
  /** At this time or later. */
  @IsOptional() @Matches(rfc3339, timeMessage) from?: string;
  /** Before this time. */
  @IsOptional() @Matches(rfc3339, timeMessage) to?: string;
  /** Somewhere in the data, whatever the case; what may be erased is not searched. */
  @IsOptional()
  @Matches(noControls, { message: '$property must hold no control characters' })
  @Length(1, 200)
  text?: string;
}

/** @throws InvalidRequest `request.invalid` for times that do not exist */
export function trailRequest(query: TrailQuery): PageRequest {
  const { actor, action, category, outcome, resource, from, to, text } = query;
  const where = {
    ...(actor !== undefined && { actor }),
    ...(action !== undefined && { type: action }),
    ...(category && { category }),
    ...(outcome && { outcome }),
    ...(resource !== undefined && (parseStreamName(resource) ? { stream: resource } : { resource })),
  };
  const at = {
    ...(from !== undefined && { atLeast: instantOf('from', from) }),
    ...(to !== undefined && { below: instantOf('to', to) }),
  };
  return {
    ...pageRequest(query, where),
    ...(Object.keys(at).length > 0 && { within: { at } }),
    ...(text !== undefined && { holding: { text: text.toLowerCase() } }),
  };
}

/** As events have it: UTC, milliseconds. @throws InvalidRequest `request.invalid` */
export function instantOf(field: string, text: string): string {
  const milliseconds = rfc3339.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(milliseconds))
    throw new InvalidRequest('request.invalid', 'the request is not well formed', {
      problems: [{ field, reason: 'must be a time as RFC 3339 has it' }],
    });
  return new Date(milliseconds).toISOString();
}

/** What a client gave to search by, as it is recorded. */
export function searchedBy(query: TrailQuery): Record<string, string | undefined> {
  const { actor, action, category, outcome, resource, from, to, text } = query;
  return { actor, action, category, outcome, resource, from, to, text };
}
