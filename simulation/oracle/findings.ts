/** One thing that is wrong, by a stable name. */
export interface Finding {
  readonly name: string;
  readonly detail: string;
}

/** What was found wrong in a seed. */
export class Findings {
  readonly all: Finding[] = [];

  add(name: string, detail: string): void {
    this.all.push({ name, detail });
  }

  /** Notes `name` unless `holds`. */
  expect(holds: boolean, name: string, detail: () => string): void {
    if (!holds) this.add(name, detail());
  }
}
