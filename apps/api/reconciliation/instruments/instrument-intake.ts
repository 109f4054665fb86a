import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { parse } from 'csv-parse/sync';
import type { FastifyRequest } from 'fastify';
import { InvalidRequest, messageOf } from '../../../../domain/kernel/errors.js';
import {
  mostInstrumentsAtOnce,
  type PutInstruments,
} from '../../../../domain/reconciliation/instruments/commands.js';
import type { Instrument } from '../../../../domain/reconciliation/instruments/events.js';
import type { Answer } from '../../../../infra/engine/commands/aggregates.js';
import { Commands } from '../../../../infra/engine/commands/commands.js';
import { bindContext } from '../../../../infra/engine/commands/execution-context.js';
import { BodyStream } from '../../http/body-stream.js';
import { RequestExecution, withBody } from '../../http/request-execution.js';

/** As many bytes as so many instruments may need, and so few that a body is held whole. */
const bodies = new BodyStream(mostInstrumentsAtOnce * 256);
const columns: readonly string[] = ['instrumentId', 'ticker', 'isin', 'cusip', 'assetClass'];

/** Instruments as a CSV file: small, so it is read whole, and put at once or not at all. */
@Injectable()
export class InstrumentIntake {
  constructor(
    private readonly commands: Commands,
    private readonly requests: RequestExecution,
  ) {}

  async take(request: FastifyRequest, command: PutInstruments): Promise<Answer> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of bodies.of(request)) chunks.push(chunk);
    const file = Buffer.concat(chunks);
    command.instruments = instrumentsOf(file);
    const execution = await this.requests.of(request);
    return this.commands.execute(bindContext(command, withBody(execution, hash('sha256', file))));
  }
}

/** @throws InvalidRequest `request.invalid` for what is no such file; what the rows say, the rule judges */
function instrumentsOf(file: Buffer): Instrument[] {
  const rows = rowsOf(file);
  if (rows.length === 0 || rows.length > mostInstrumentsAtOnce)
    throw invalid(`the file has ${rows.length} rows: 1 to ${mostInstrumentsAtOnce} are taken at once`);
  // An empty cell says nothing.
  return rows.map((row) => {
    const { instrumentId = '', ...rest } = row;
    return { instrumentId, ...Object.fromEntries(Object.entries(rest).filter(([, cell]) => cell !== '')) };
  });
}

function rowsOf(file: Buffer): readonly Readonly<Record<string, string>>[] {
  try {
    return parse(file, {
      bom: true,
      trim: true,
      skip_empty_lines: true,
      columns: (header: readonly string[]) => {
        const unknown = header.filter((name) => !columns.includes(name));
        if (unknown.length > 0 || !header.includes('instrumentId') || new Set(header).size < header.length)
          throw invalid(`the first line names the columns, each once, of ${columns.join(', ')}`);
        return [...header];
      },
    });
  } catch (error) {
    throw error instanceof InvalidRequest ? error : invalid(`the file is no CSV: ${messageOf(error)}`);
  }
}

function invalid(message: string): InvalidRequest {
  return new InvalidRequest('request.invalid', message);
}
