import { documentName, type DocumentKey } from '../../../domain/kernel/ports/read-model-store.js';

/** FNV-1a (32 bits): spreads ids evenly, and the same way in every process. */
export function laneOf(key: DocumentKey, lanes: number): number {
  let sum = 0x811c9dc5;
  for (const character of documentName(key)) {
    sum ^= character.codePointAt(0) ?? 0;
    sum = Math.imul(sum, 0x01000193) >>> 0;
  }
  return sum % lanes;
}
