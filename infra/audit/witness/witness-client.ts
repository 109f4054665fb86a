import { Unavailable, messageOf } from '../../../domain/kernel/errors.js';
import type { TiledLog } from '../tiles/tiled-log.js';
import { consistencyProof } from '../merkle/prove.js';
import { parseCheckpoint } from '../notes/checkpoint.js';
import { isCosignedBy } from '../notes/cosignature.js';
import type { VerifierKey } from '../notes/note-key.js';
import { parseNote, parseSignatures, type NoteSignature } from '../notes/signed-note.js';
import { encodeAddCheckpoint } from './add-checkpoint.js';

export interface WitnessClientOptions {
  /** Where its `add-checkpoint` is. */
  readonly url: string;
  readonly key: VerifierKey;
  readonly timeoutMs?: number;
}

/** Feeds one witness: remembers where it is, and is told when it is elsewhere. */
export class WitnessClient {
  private size = 0;

  constructor(private readonly options: WitnessClientOptions) {}

  get name(): string {
    return this.options.key.name;
  }

  /**
   * Asks for a cosignature.
   *
   * @throws Unavailable `witness.unavailable` when it does not answer, or refuses
   */
  async cosign(checkpoint: string, log: TiledLog): Promise<NoteSignature> {
    const note = parseNote(checkpoint);
    const { size } = parseCheckpoint(note.text);
    // It may be elsewhere than we think: it says so once, and then we know.
    for (let tries = 0; tries < 2; tries++) {
      const proof = this.size === 0 ? [] : await consistencyProof(this.size, size, log.nodes(size));
      const { status, text } = await this.post(
        encodeAddCheckpoint({ oldSize: this.size, proof: proof.map((one) => Buffer.from(one)), checkpoint }),
      );
      if (status === 200) {
        const [signature] = parseSignatures(text).filter(
          (one) => one.name === this.name && one.keyId.equals(this.options.key.id),
        );
        if (!signature || !isCosignedBy({ text: note.text, signatures: [signature] }, this.options.key))
          throw this.unavailable('its cosignature does not hold');
        this.size = size;
        return signature;
      }
      const told = /^\d{1,15}\n$/.test(text) ? Number(text) : undefined;
      if (status !== 409 || told === undefined)
        throw this.unavailable(`${status}: ${text.trim().slice(0, 200)}`);
      if (told > size) throw this.unavailable(`it has cosigned ${told} leaves, where there are ${size} now`);
      this.size = told;
    }
    throw this.unavailable('it is always elsewhere');
  }

  private async post(body: string): Promise<{ status: number; text: string }> {
    const { url, timeoutMs = 5000 } = this.options;
    try {
      const response = await fetch(`${url.replace(/\/$/, '')}/add-checkpoint`, {
        method: 'POST',
        body,
        signal: AbortSignal.timeout(timeoutMs),
        redirect: 'error',
      });
      return { status: response.status, text: await response.text() };
    } catch (error) {
      throw this.unavailable(messageOf(error));
    }
  }

  private unavailable(reason: string): Unavailable {
    return new Unavailable('witness.unavailable', `the witness ${this.name} does not cosign: ${reason}`);
  }
}
