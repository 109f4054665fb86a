/** The engine without one guard: what a rule of `protocols.md` says is left out, in the compiled program. */
export interface Mutant {
  /** For example `C1`. */
  readonly rule: string;
  /** What is left out, in words. */
  readonly without: string;
  /** Below the compiled program's folder. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly text: string;
  readonly replacement: string;
  /** Names of findings; one of them must come. */
  readonly finds: readonly string[];
  /** More histories than usual are needed. */
  readonly seeds?: number;
}

/** @throws RangeError when the text does not stand there exactly once */
export function mutate(source: string, { rule, without, file, text, replacement }: Mutant): string {
  const parts = source.split(text);
  if (parts.length !== 2)
    throw new RangeError(
      `the mutant "${rule} without ${without}" finds its text ${parts.length - 1} times in ${file}`,
    );
  return parts.join(replacement);
}
