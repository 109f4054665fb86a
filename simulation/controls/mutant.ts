/** One place that is changed. */
export interface Edit {
  /** Below the program's folder: of the compiled program, or, for a mutant that a specification finds, of the sources. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly text: string;
  readonly replacement: string;
}

/** The engine without one guard: what a rule of `protocols.md` says is left out. */
interface AnyMutant extends Edit {
  /** For example `C1`. */
  readonly rule: string;
  /** What is left out, in words. */
  readonly without: string;
  /** Where the same is looked at in more places, or another one stands in for it. */
  readonly also?: readonly Edit[];
}

export interface SimulatedMutant extends AnyMutant {
  /** Names of findings; one of them must come. */
  readonly finds: readonly string[];
  /** The histories that find it; any, unless it is said. */
  readonly scenario?: string;
  /** More histories than usual are needed. */
  readonly seeds?: number;
}

/** Of what the simulation does not run. */
export interface SpecifiedMutant extends AnyMutant {
  /** The specification that must fail. */
  readonly spec: string;
}

export type Mutant = SimulatedMutant | SpecifiedMutant;

export function editsOf({ file, text, replacement, also = [] }: Mutant): readonly Edit[] {
  return [{ file, text, replacement }, ...also];
}

/** @throws RangeError when the text does not stand there exactly once */
export function edited(source: string, { file, text, replacement }: Edit): string {
  const parts = source.split(text);
  if (parts.length !== 2)
    throw new RangeError(`a mutant finds "${text}" ${parts.length - 1} times in ${file}`);
  return parts.join(replacement);
}
