import type { AuditCategory, AuditOutcome, AuditTable } from '../../domain/kernel/audit.js';
import { isErased, isSealed } from '../../domain/kernel/erasable.js';
import type { AnyEvent, EventDefinition, Recorded } from '../../domain/kernel/event.js';
import { parseStreamName } from '../../domain/kernel/names.js';
import type { AnyProjection } from '../kernel/projection.js';

/** One event, as the audit trail is searched for it. Its data is in the log alone. */
export interface TrailEntry {
  /** Of the event. */
  readonly id: string;
  /** Decimal. */
  readonly position: string;
  readonly stream: string;
  /** Decimal. */
  readonly revision: string;
  readonly type: string;
  readonly category: AuditCategory;
  readonly outcome: AuditOutcome;
  readonly actor: string;
  readonly at: string;
  /** What it happened to: `<category of the stream>/<id of the aggregate>`. */
  readonly resource: string;
  readonly commandId: string;
  readonly correlationId: string;
  readonly causationId: string;
  /** What free text is looked for in: the values of the data, one a line, in lower case, erasable ones left out. */
  readonly text: string;
}

/** One aggregate's events: a decider, as far as the trail looks at it. */
export interface TrailSource {
  readonly category: string;
  readonly events: Readonly<Record<string, EventDefinition>>;
}

/** UTF-16 units of an event's text; free text behind them is not found. */
const longestText = 16_384;

/**
 * The audit trail: a document for each event of the sources, in the order of their positions. What a new type of event
 * is, its context's table says; what the table says of an old one changes with a new version only.
 *
 * @throws RangeError when a source's category is in no table, or a table names an event that no source has
 */
export function auditTrail(sources: readonly TrailSource[], tables: readonly AuditTable[]): AnyProjection {
  const events = Object.assign({}, ...sources.map((source) => source.events)) as AnyProjection['events'];
  const categories = new Map(tables.flatMap((table) => Object.entries(table.categories)));
  const outcomes = new Map(tables.flatMap((table) => Object.entries(table.outcomes)));
  for (const { category } of sources)
    if (!categories.has(category)) throw new RangeError(`no audit table says what ${category} is`);
  for (const type of outcomes.keys())
    if (!Object.hasOwn(events, type)) throw new RangeError(`an audit table names ${type}, which is no event`);
  const entryOf = (event: Recorded<AnyEvent>): TrailEntry => {
    const { category = '', id = '' } = parseStreamName(event.stream) ?? {};
    return {
      id: event.id,
      position: event.position.toString(),
      stream: event.stream,
      revision: event.revision.toString(),
      type: event.type,
      // Somebody else's stream may hold an event of ours; the trail shows it and guesses nothing.
      category: categories.get(category) ?? 'system',
      outcome: outcomes.get(event.type) ?? 'success',
      actor: event.actor,
      at: event.at,
      resource: `${category}/${id}`,
      commandId: event.commandId,
      correlationId: event.correlationId,
      causationId: event.causationId,
      text: searchable(event.data, Object.keys(events[event.type]?.erasable ?? {})),
    };
  };
  return {
    name: 'audit-trail',
    version: 1,
    indexes: [['id'], ['actor'], ['type'], ['category'], ['outcome'], ['resource']],
    events,
    key: ({ position }) => trailId(position),
    on: Object.fromEntries(
      Object.keys(events).map((type) => [type, (_before, event) => entryOf(event)] as const),
    ) satisfies AnyProjection['on'],
  };
}

/** Sorts as positions do: they have at most 19 digits. */
export function trailId(position: bigint): string {
  return position.toString().padStart(19, '0');
}

function searchable(data: object, erasable: readonly string[]): string {
  const values: string[] = [];
  let length = 0;
  const collect = (value: unknown): void => {
    if (length > longestText || isSealed(value) || isErased(value)) return;
    if (typeof value === 'object' && value !== null) Object.values(value).forEach(collect);
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return;
    const text = String(value).toLowerCase();
    values.push(text);
    length += text.length + 1;
  };
  for (const [field, value] of Object.entries(data)) if (!erasable.includes(field)) collect(value);
  return cut(values.join('\n'));
}

/** Never between the halves of a character: what is stored is well-formed text. */
function cut(text: string): string {
  if (text.length <= longestText) return text;
  const last = text.charCodeAt(longestText - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? longestText - 1 : longestText);
}
