/** One documented behaviour of a protocol, checked through its official client. */
export interface ConformanceCase<Subject> {
  /** The part of the protocol, as its own suites and manual divide it. */
  readonly area: string;
  /** What must hold, as the end of a sentence. */
  readonly name: string;
  /** Where it is documented: the page of a manual or the part of a specification. */
  readonly source: string;
  /** Resolves when it holds, throws when it does not. */
  readonly run: (subject: Subject) => Promise<void>;
}

/** A server under test; `subject` makes a fresh, empty place on it for one case. */
export interface ServerUnderTest<Subject> {
  readonly subject: () => Subject | Promise<Subject>;
  readonly stop: () => Promise<void>;
}

/** Runs the cases area by area, each against a fresh subject of one server. */
export function describeCases<Subject>(
  title: string,
  start: () => Promise<ServerUnderTest<Subject>>,
  cases: readonly ConformanceCase<Subject>[],
): void {
  describe(title, () => {
    let server: ServerUnderTest<Subject> | undefined;
    beforeAll(async () => {
      server = await start();
    });
    afterAll(async () => {
      await server?.stop();
    });
    for (const area of new Set(cases.map((each) => each.area))) {
      describe(area, () => {
        const ofArea = cases.filter((each) => each.area === area);
        it.each(ofArea.map((each) => [each.name, each.source, each] as const))(
          '%s (%s)',
          async (_name, _source, each) => {
            if (server === undefined) throw new Error('the server under test did not start');
            await each.run(await server.subject());
          },
        );
      });
    }
  });
}
