import { maximumAttempts } from '../bank/report.js';
import type { Findings } from './findings.js';
import type { WitnessedLog } from './witnessed-log.js';

/** Counts computations, and holds them against the attempts and outcomes in the log (rule J1). */
export class JobOracle {
  private readonly computations = new Map<string, { begun: number; deaths: number }>();

  constructor(
    private readonly log: WitnessedLog,
    private readonly findings: Findings,
  ) {}

  /** A computation begins: its attempt must be counted by now. */
  begun(report: string): void {
    const counted = this.of(report);
    counted.begun++;
    const attempts = this.count(report, 'ReportStarted');
    this.findings.expect(
      attempts >= counted.begun,
      'job.uncounted',
      () => `${report} is computed for the ${counted.begun}th time, and ${attempts} attempts are counted`,
    );
  }

  /** It killed its worker. */
  killed(report: string): void {
    this.of(report).deaths++;
  }

  get allFinished(): boolean {
    return this.requested.every((report) => this.outcomes(report) > 0);
  }

  check(): void {
    for (const report of this.requested) {
      const outcomes = this.outcomes(report);
      this.findings.expect(outcomes > 0, 'job.unfinished', () => `${report} has no outcome`);
      this.findings.expect(outcomes < 2, 'job.finished-twice', () => `${report} has ${outcomes} outcomes`);
      const { deaths } = this.of(report);
      this.findings.expect(
        deaths <= maximumAttempts,
        'job.kills-for-ever',
        () => `${report} killed ${deaths} workers`,
      );
    }
  }

  private get requested(): readonly string[] {
    return this.log.landed
      .filter(({ event }) => event.type === 'ReportRequested')
      .map(({ event }) => reportOf(event.data));
  }

  private outcomes(report: string): number {
    return this.count(report, 'ReportCompleted') + this.count(report, 'ReportFailed');
  }

  private count(report: string, type: string): number {
    return this.log.landed.filter(({ event }) => event.type === type && reportOf(event.data) === report)
      .length;
  }

  private of(report: string): { begun: number; deaths: number } {
    const known = this.computations.get(report) ?? { begun: 0, deaths: 0 };
    this.computations.set(report, known);
    return known;
  }
}

function reportOf(data: unknown): string {
  return typeof data === 'object' && data !== null && 'report' in data ? String(data.report) : '';
}
