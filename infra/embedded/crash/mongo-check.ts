import { type Findings, noFindings } from './findings.js';
import type { Changes, LoadDocument, MongoAcknowledgement } from './mongo-journal.js';

/** Compares documents with what was acknowledged and with the writes that were under way when the node died. */
export function compareDocuments(
  stored: ReadonlyMap<string, LoadDocument>,
  acknowledged: readonly MongoAcknowledgement[],
  inDoubt: readonly Changes[],
): Findings {
  const findings = noFindings();
  const expected = new Map<string, string>();
  for (const { changes } of acknowledged)
    for (const [id, document] of Object.entries(changes)) expected.set(id, textOf(document));
  const doubtful = new Set<string>();
  for (const changes of inDoubt) {
    const states = Object.entries(changes).map(([id, after]) => {
      doubtful.add(id);
      const found = textOf(stored.get(id));
      const isBefore = found === (expected.get(id) ?? textOf(null));
      const isAfter = found === textOf(after);
      if (!isBefore && !isAfter)
        findings.lost.push(`${id} is neither as it was nor as it was to be: ${found}`);
      return { isBefore, isAfter };
    });
    if (!states.every(({ isBefore }) => isBefore) && !states.every(({ isAfter }) => isAfter))
      findings.torn.push(
        `half of a write of ${states.length} documents is there: ${Object.keys(changes).join()}`,
      );
  }
  for (const [id, wanted] of expected) {
    if (doubtful.has(id)) continue;
    const found = textOf(stored.get(id));
    if (found !== wanted) findings.lost.push(`${id} was acknowledged as ${wanted} and is ${found}`);
  }
  for (const id of stored.keys())
    if (!expected.has(id) && !doubtful.has(id))
      findings.torn.push(`${id} is there, and was refused or never written`);
  return findings;
}

/** Two documents are equal when their texts are: the order of their fields counts. */
function textOf(document: LoadDocument | null | undefined): string {
  if (!document) return 'absent';
  const text = JSON.stringify(document);
  return text.length > 300 ? `${text.slice(0, 260)}…${text.length} characters` : text;
}
