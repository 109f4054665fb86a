/** One in ten opens a stream; the other nine find streams that nobody else in flight writes to. */
export function streamOf(number: number): number {
  const streams = 64;
  const block = Math.floor(number / (streams * 10));
  return block * streams + (number % streams);
}
