import { setTimeout as pause } from 'node:timers/promises';

/** Answers that left the node before it died may still be on their way this long, in milliseconds. */
const LAST_ANSWERS_MS = 150;

/** The life of one node process as its writers see it. */
export class Round {
  private killed = false;
  private readonly over: Promise<undefined>;

  constructor(ended: Promise<unknown>) {
    this.over = ended.then(() => pause(LAST_ANSWERS_MS)).then(() => undefined);
  }

  /** From here on an error says nothing about the store. */
  get isKilled(): boolean {
    return this.killed;
  }

  markKilled(): void {
    this.killed = true;
  }

  /**
   * What a call answered, or undefined when the node was killed before it could.
   * @throws whatever the call threw while the node was alive
   */
  async answerOf<Answer>(call: Promise<Answer>): Promise<{ readonly answer: Answer } | undefined> {
    try {
      return await Promise.race([call.then((answer) => ({ answer })), this.over]);
    } catch (error) {
      if (this.killed) return undefined;
      throw error;
    }
  }
}
