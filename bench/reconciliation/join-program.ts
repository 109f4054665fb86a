import { DuckDBInstance } from '@duckdb/node-api';
import { answerMessages } from '../kit/child-program.js';

export interface JoinRequest {
  readonly internal: string;
  readonly broker: string;
}

export interface JoinReply {
  readonly seconds: number;
  /** Rows of the full join. */
  readonly rows: number;
}

/** The floor: both files read and joined in full on what an exact match compares, and the result counted. */
answerMessages(async ({ internal, broker }: JoinRequest): Promise<JoinReply> => {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await instance.connect();
  const started = performance.now();
  const found = await connection.runAndReadAll(
    `SELECT count(*)::DOUBLE AS rows, count(ours.trade_id), count(theirs.trade_id)
     FROM read_csv($internal) AS ours FULL JOIN read_csv($broker) AS theirs
     USING (account, symbol, side, quantity, price, currency, trade_time)`,
    { internal, broker },
  );
  const seconds = (performance.now() - started) / 1000;
  const rows = Number(found.getRows()[0]?.[0]);
  connection.closeSync();
  return { seconds, rows };
});
