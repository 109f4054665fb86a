/**
 * Remembers what was computed from a text, for columns in which few texts come often: the work is done once, and
 * records share one value in memory. What is beyond the limit is computed each time.
 */
export function remembered<Value>(compute: (text: string) => Value, limit = 50_000): (text: string) => Value {
  const known = new Map<string, Value>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const value = compute(text);
    if (known.size < limit) known.set(text, value);
    return value;
  };
}
