import { AuditLogs } from '../../infra/audit/log/audit-logs.js';
import { consistencyProof } from '../../infra/audit/merkle/prove.js';
import { parseCheckpoint } from '../../infra/audit/notes/checkpoint.js';
import { signatureTypes, signerKey, type VerifierKey } from '../../infra/audit/notes/note-key.js';
import { encodeNote, parseNote, parseSignatures } from '../../infra/audit/notes/signed-note.js';
import { writeCheckpointFile } from '../../infra/audit/publishing/checkpoint-file.js';
import { encodeAddCheckpoint } from '../../infra/audit/witness/add-checkpoint.js';
import { FileWitnessState } from '../../infra/audit/witness/file-witness-state.js';
import { Witness, type WitnessAnswer } from '../../infra/audit/witness/witness.js';
import type { House } from './house.js';

/** The witness's own key, which nobody in the house has. */
export const witnessKey = signerKey('witness.example', signatureTypes.cosignature, Buffer.alloc(32, 11));

/** A witness in other hands: its state is a file there. */
export class OutsideWitness {
  private readonly state: FileWitnessState;

  /** @param directory what the witness remembers */
  constructor(directory: string) {
    this.state = new FileWitnessState(directory);
  }

  /**
   * Shows the house's newest checkpoint, and the proof that the house can give of it.
   *
   * @throws InvariantBroken when the house's tiles do not even make a proof
   */
  async look(house: House, key: VerifierKey): Promise<WitnessAnswer> {
    const checkpoint = (await house.checkpoint()) ?? '';
    const { size, origin } = parseCheckpoint(parseNote(checkpoint).text);
    const seen = await this.state.read(origin);
    const before = seen === undefined ? 0 : parseCheckpoint(parseNote(seen).text).size;
    const nodes = new AuditLogs(house.tiles).originLog().nodes(size);
    const proof = before === 0 || before > size ? [] : await consistencyProof(before, size, nodes);
    const witness = new Witness({
      key: witnessKey,
      logs: new Map([[origin, key]]),
      state: this.state,
      now: () => Math.floor(Date.now() / 1000),
    });
    const answer = await witness.add(
      encodeAddCheckpoint({
        oldSize: Math.min(before, size),
        proof: proof.map((one) => Buffer.from(one)),
        checkpoint,
      }),
    );
    if (answer.kind === 'cosigned') await keepCosigned(house, checkpoint, answer.signatures);
    return answer;
  }
}

async function keepCosigned(house: House, checkpoint: string, cosignatures: string): Promise<void> {
  const { text, signatures } = parseNote(checkpoint);
  const note = encodeNote({ text, signatures: [...signatures, ...parseSignatures(cosignatures)] });
  await writeCheckpointFile(house.world.audit, 'cosigned', note);
}
