import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import { makeCall } from './make-records.ts';
import type { BenchStore } from './open-bench-store.ts';

/** As many calls wait for their records as under full load. */
const callsAtOnce = 512;
const roundMilliseconds = 2_000;
const rowsPerCommit = 1_024;

/** Writes `rows` of one size, durable when it resolves. */
export interface RawWriter {
  readonly write: (rows: readonly Uint8Array[]) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Made beforehand: what it takes to make them is no part of the measurement. */
const mostCalls = 20_000;

export interface StoreFigures {
  readonly perSecond: number;
  readonly calls: number;
  /** Of all threads together, microseconds. */
  readonly cpuPerRecord: number;
}

/** Records a second, durable, with as many callers as there are under load. */
export async function measureStore(store: BenchStore, firstCall: number): Promise<StoreFigures> {
  const ready = Array.from({ length: mostCalls }, (_, number) => makeCall(firstCall + number));
  let [call, records] = [0, 0];
  const cpu = process.cpuUsage();
  const begun = performance.now();
  const end = begun + roundMilliseconds;
  await Promise.all(
    Array.from({ length: callsAtOnce }, async () => {
      while (performance.now() < end && call < mostCalls) {
        for (const some of ready[call++] ?? []) {
          await store.append(some);
          records += some.length;
        }
      }
    }),
  );
  const { user, system } = process.cpuUsage(cpu);
  const perSecond = records / ((performance.now() - begun) / 1000);
  return { perSecond, calls: mostCalls, cpuPerRecord: (user + system) / records };
}

/** Rows a second that the engine makes durable when nothing is done but writing them, so many a commit. */
export async function measureRaw(writer: RawWriter, rowBytes: number): Promise<number> {
  const rows = Array.from({ length: rowsPerCommit }, () => new Uint8Array(randomBytes(rowBytes)));
  let written = 0;
  const begun = performance.now();
  while (performance.now() - begun < roundMilliseconds) {
    await writer.write(rows);
    written += rows.length;
  }
  return written / ((performance.now() - begun) / 1000);
}

export function openRawSqlite(folder: string): RawWriter {
  const database = new DatabaseSync(join(folder, 'raw.db'));
  database.exec('PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  database.exec('CREATE TABLE records (seq INTEGER PRIMARY KEY, record BLOB NOT NULL)');
  const insert = database.prepare('INSERT INTO records (record) VALUES (?)');
  return {
    write: async (rows) => {
      database.exec('BEGIN IMMEDIATE');
      for (const row of rows) insert.run(row);
      database.exec('COMMIT');
    },
    close: async () => database.close(),
  };
}

export async function openRawPostgres(url: string): Promise<RawWriter> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('CREATE TABLE raw_records (seq BIGSERIAL PRIMARY KEY, record BYTEA NOT NULL)');
  const insert = { name: 'raw', text: 'INSERT INTO raw_records (record) SELECT * FROM unnest($1::bytea[])' };
  return {
    write: async (rows) => {
      await client.query({ ...insert, values: [rows.map((row) => Buffer.from(row))] });
    },
    close: () => client.end(),
  };
}
