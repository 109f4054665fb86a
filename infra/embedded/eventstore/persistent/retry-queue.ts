import { type Message } from './message.js';

/** Messages to be given again: those of the source in its order, then parked ones that are replayed. */
export class RetryQueue {
  readonly messages: Message[] = [];

  add(message: Message): void {
    const { origin } = message;
    const index =
      origin.kind === 'parked' ? -1 : this.messages.findIndex((other) => isBehind(other, origin.sequence));
    if (index === -1) this.messages.push(message);
    else this.messages.splice(index, 0, message);
  }
}

function isBehind({ origin }: Message, sequence: number): boolean {
  return origin.kind === 'parked' || origin.sequence > sequence;
}
