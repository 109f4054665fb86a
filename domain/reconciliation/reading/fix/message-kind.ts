import { execTypeNames } from './message-names.js';
import { type FixMessage, valueOf } from './message.js';

/** What a message is to a reader of trades. */
export type MessageKind =
  | { readonly kind: 'trade'; readonly id: string | undefined }
  | {
      readonly kind: 'change';
      readonly change: 'cancel' | 'correct';
      readonly id: string | undefined;
      /** The id of the execution that it speaks of. */
      readonly reference: string | undefined;
    }
  | { readonly kind: 'other'; readonly detail?: string }
  | { readonly kind: 'unclear'; readonly reason: string };

const fillTypes: ReadonlySet<string> = new Set(['F', '1', '2']);

/** @param type its MsgType (35) */
export function kindOf(message: FixMessage, type: string): MessageKind {
  if (type === '8') return kindOfExecutionReport(message);
  return type === 'AE' ? kindOfTradeCapture(message) : { kind: 'other' };
}

/** FIX 4.2 says by ExecTransType (20) what 4.4 says by ExecType (150) F, G and H; 4.2 fills are of the types 1 and 2. */
function kindOfExecutionReport(message: FixMessage): MessageKind {
  const id = valueOf(message, '17') || undefined;
  const reference = valueOf(message, '19');
  const transaction = valueOf(message, '20');
  const type = valueOf(message, '150');
  if (transaction === '1' || type === 'H') return { kind: 'change', change: 'cancel', id, reference };
  if (transaction === '2' || type === 'G') return { kind: 'change', change: 'correct', id, reference };
  if (transaction === '3') return { kind: 'other', detail: 'ExecTransType 3: Status' };
  if (type === undefined) return { kind: 'unclear', reason: 'is an ExecutionReport without ExecType (150)' };
  return fillTypes.has(type) ? { kind: 'trade', id } : notATrade(type);
}

/** TradeReportTransType (487), TradeReportType (856) and ExecType (150), which is F where it is left out. */
function kindOfTradeCapture(message: FixMessage): MessageKind {
  const id = valueOf(message, '571') || undefined;
  const reference = valueOf(message, '572');
  const transaction = valueOf(message, '487');
  const report = valueOf(message, '856');
  const type = valueOf(message, '150') ?? 'F';
  if (transaction === '1' || transaction === '4' || report === '6' || type === 'H')
    return { kind: 'change', change: 'cancel', id, reference };
  if (transaction === '2' || type === 'G') return { kind: 'change', change: 'correct', id, reference };
  if (transaction === '3') return { kind: 'other', detail: 'TradeReportTransType 3: Release' };
  if (report === '3') return { kind: 'other', detail: 'TradeReportType 3: Decline' };
  return fillTypes.has(type) ? { kind: 'trade', id } : notATrade(type);
}

function notATrade(type: string): MessageKind {
  const short = type.slice(0, 8);
  return { kind: 'other', detail: `ExecType ${short}: ${execTypeNames[type] ?? 'unknown'}` };
}
