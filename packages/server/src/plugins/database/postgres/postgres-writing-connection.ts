import type { QueryConfig, QueryResult } from 'pg';
import type { RunStatement } from '../ledger-statements.ts';
import type { Seat, SqlValue, StatementJob, StatementResult } from '../messages.ts';
import { StoreFailure } from '../store-failure.ts';
import type { WritingConnection } from '../writing-connection.ts';
import { addSharedRows, addStagedRows } from './add-staged-rows.ts';
import { closeSoon } from './connect.ts';
import { isBroken, toUnavailable } from './describe-failure.ts';
import type { WriterSession } from './open-session.ts';
import { turnLock } from './seat-locks.ts';
import { StagedRows } from './staged-rows.ts';
import { writeValue } from './write-value.ts';

/** Longer than any statement may take on the server: whoever is silent that long is gone. */
const answerTimeoutMs = 8_000;

/**
 * The one writing connection. Every transaction proves inside itself that the database still belongs to this gateway,
 * by the epoch of its stream, whose row it locks: whoever takes its place raises the epoch first and so waits for it or stops
 * it. Of gateways that share a database, one at a time has a transaction open that does more than add its own records.
 */
export class PostgresWritingConnection implements WritingConnection {
  readonly run: RunStatement;
  readonly tables = new StagedRows();
  readonly #onLost: () => void;
  #session: WriterSession | undefined;
  #seat: Seat | undefined;
  #inTransaction = false;
  /** Whether the server knows of the transaction: one that only adds records is a single statement. */
  #isSent = false;
  #transactionId: string | undefined;
  #doubtfulId: string | undefined;

  /** `onLost` runs once for each session that breaks. */
  constructor(onLost: () => void) {
    this.#onLost = onLost;
    this.run = async (portable, ...parameters) => {
      let number = 0;
      const sql = portable.replaceAll('?', () => `$${++number}`);
      return (await this.execute({ sql, parameters })).rows;
    };
  }

  get inTransaction(): boolean {
    return this.#inTransaction;
  }

  get isReady(): boolean {
    return this.#session !== undefined;
  }

  /** As which the database knows this process, once it had a session. */
  get seat(): Seat | undefined {
    return this.#seat;
  }

  requireReady(): Seat {
    return this.#requireSession().seat;
  }

  /** Goes on with a new session. Returns whether the transaction that was in doubt, and had no records, was committed. */
  async adopt(session: WriterSession): Promise<boolean> {
    this.#session = session;
    this.#seat = session.seat;
    session.client.once('end', () => this.#lose(session));
    session.client.once('error', () => this.#lose(session));
    const doubtful = this.#doubtfulId;
    if (doubtful === undefined) return false;
    // A standby that took the place of the primary may never have heard of it: it has not happened there.
    const { rows } = await this.#query({
      text: `SELECT CASE WHEN $1::xid8 < pg_snapshot_xmax(pg_current_snapshot()) THEN pg_xact_status($1::xid8) END AS status`,
      values: [doubtful],
    });
    this.#doubtfulId = undefined;
    return rows[0]?.status === 'committed';
  }

  /** Lets go of the session, so that the next one starts from what the server says. */
  drop(): void {
    if (this.#session !== undefined) this.#lose(this.#session);
  }

  begin(): void {
    this.#requireSession();
    this.tables.clear();
    this.#inTransaction = true;
    this.#isSent = false;
    this.#transactionId = undefined;
  }

  async execute({ sql, parameters }: StatementJob): Promise<StatementResult> {
    if (this.#inTransaction) return this.#run(sql, parameters);
    if (/^\s*select\b/i.test(sql)) return this.#read(sql, parameters);
    this.begin();
    try {
      const result = await this.#run(sql, parameters);
      await this.commit();
      return result;
    } catch (error) {
      if (this.#inTransaction) await this.rollback();
      throw error;
    }
  }

  async commit(): Promise<void> {
    const isOneStatement = !this.#isSent && !this.tables.isEmpty;
    if (!this.tables.isEmpty) await this.#addStagedRows();
    // Alone it is committed with its answer, even when the session's end came in the same packet.
    if (!isOneStatement && !this.#inTransaction) throw unavailable('the transaction is gone');
    if (this.#isSent) {
      const { command } = await this.#query({ text: 'COMMIT' }, true);
      // PostgreSQL answers so, without an error, when a statement before had failed.
      if (command !== 'COMMIT') throw unavailable('the transaction was rolled back');
    }
    this.#inTransaction = false;
  }

  async rollback(): Promise<void> {
    this.#inTransaction = false;
    this.tables.clear();
    if (this.#isSent && this.#session !== undefined) await this.#query({ text: 'ROLLBACK' });
  }

  async close(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    if (session === undefined) return;
    const timer = setTimeout(() => closeSoon(session.client), answerTimeoutMs);
    await session.client.end().catch(() => {});
    clearTimeout(timer);
  }

  async #addStagedRows(): Promise<void> {
    const { epoch, seat } = this.#requireSession();
    const values = [epoch, seat.stream, ...this.tables.write()];
    const statement = seat.isShared ? addSharedRows : addStagedRows;
    const { rows } = await this.#query({ ...statement, values }, !this.#isSent);
    this.tables.clear();
    if (rows[0]?.held !== 1) throw this.#stop();
  }

  async #run(sql: string, parameters: readonly SqlValue[]): Promise<StatementResult> {
    if (!this.#isSent) await this.#sendBegin();
    return this.#read(sql, parameters);
  }

  async #read(sql: string, parameters: readonly SqlValue[]): Promise<StatementResult> {
    const { rows, rowCount, command } = await this.#query({ text: sql, values: parameters.map(writeValue) });
    return { rows, changes: command === 'SELECT' ? 0 : (rowCount ?? 0) };
  }

  async #sendBegin(): Promise<void> {
    const { epoch, seat } = this.#requireSession();
    this.#isSent = true;
    const turn = seat.isShared ? `SELECT pg_advisory_xact_lock(${turnLock});` : '';
    // In one message, so that they cost one round trip; stream and epoch are numbers of ours.
    const text = `BEGIN; ${turn} SELECT pg_current_xact_id()::text AS id FROM ledger_streams
      WHERE number = ${seat.stream} AND epoch = ${epoch} FOR UPDATE`;
    const answers = await this.#query({ text });
    const { rows } = [answers].flat().at(-1) ?? { rows: [] };
    if (rows.length !== 1) throw this.#stop();
    this.#transactionId = String(rows[0]?.id);
  }

  async #query(query: QueryConfig<unknown[]>, isCommit = false): Promise<QueryResult> {
    const session = this.#requireSession();
    const timer = setTimeout(() => session.client.connection.stream.destroy(), answerTimeoutMs);
    try {
      return await session.client.query(query);
    } catch (thrown) {
      if (!isBroken(thrown)) throw thrown;
      if (isCommit) this.#doubtfulId = this.#transactionId;
      this.#lose(session);
      const { message } = toUnavailable(thrown);
      throw isCommit ? new StoreFailure({ kind: 'in-doubt', message }) : unavailable(message);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Another gateway has taken the place of this one: nothing of this transaction may stay. */
  #stop(): StoreFailure {
    this.drop();
    return unavailable('another gateway has taken the place of this one');
  }

  #lose(session: WriterSession): void {
    if (this.#session !== session) return;
    this.#session = undefined;
    this.#inTransaction = false;
    this.tables.clear();
    closeSoon(session.client);
    this.#onLost();
  }

  #requireSession(): WriterSession {
    if (this.#session === undefined) throw unavailable('there is no connection to the database');
    return this.#session;
  }
}

function unavailable(message: string): StoreFailure {
  return new StoreFailure({ kind: 'unavailable', message });
}
