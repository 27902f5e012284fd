import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '@countersign/api';
import { Pool, type QueryConfig } from 'pg';
import type { StatementJob, StatementResult } from '../messages.ts';
import type { Readers } from '../threaded-store.ts';
import { toStoreError } from '../to-store-error.ts';
import { makeClientConfig } from './connect.ts';
import { describePostgresFailure, isBroken, toUnavailable } from './describe-failure.ts';
import type { DatabaseAddress } from './parse-database-url.ts';
import { writeValue } from './write-value.ts';

const maximumConnections = 4;
const maximumWaiting = 1_000;
const statementTimeoutMs = 30_000;
const answerTimeoutMs = 35_000;
const closeTimeoutMs = 2_000;

/** Reads committed data on connections of its own, which cannot write. Each statement sees one state of the database. */
export class ReaderPool implements Readers {
  readonly #pool: Pool;

  constructor(address: DatabaseAddress) {
    this.#pool = new Pool({
      ...makeClientConfig(address),
      max: maximumConnections,
      query_timeout: answerTimeoutMs,
      statement_timeout: statementTimeoutMs,
      options: '-c default_transaction_read_only=on',
    });
    // An idle connection that breaks is replaced when it is needed.
    this.#pool.on('error', () => {});
  }

  async execute({ sql, parameters }: StatementJob): Promise<StatementResult> {
    if (this.#pool.waitingCount >= maximumWaiting) throw new AppError('server.overloaded');
    // Extended, because the simple protocol would run several statements in one text.
    const query: QueryConfig & { queryMode: 'extended' } = {
      text: sql,
      values: parameters.map(writeValue),
      queryMode: 'extended',
    };
    try {
      const { rows } = await this.#pool.query(query);
      return { rows, changes: 0 };
    } catch (thrown) {
      const failure = isBroken(thrown) ? toUnavailable(thrown).failure : describePostgresFailure(thrown);
      throw toStoreError(failure);
    }
  }

  async close(): Promise<void> {
    // A server that does not answer keeps nobody from stopping.
    await Promise.race([this.#pool.end(), sleep(closeTimeoutMs, undefined, { ref: false })]);
  }
}
