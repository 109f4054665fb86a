const perValue = 16;

/** About how many bytes of memory a value takes that came from JSON: enough to bound what is held. */
export function jsonWeight(value: unknown): number {
  if (typeof value === 'string') return perValue + value.length;
  if (typeof value !== 'object' || value === null) return perValue;
  let weight = perValue;
  for (const [name, member] of Object.entries(value)) weight += name.length + jsonWeight(member);
  return weight;
}
