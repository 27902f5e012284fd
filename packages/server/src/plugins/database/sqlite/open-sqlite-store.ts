import { createPrivateKey, createPublicKey } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createVerifierKey, formatVerifierKey } from '@countersign/ledger';
import { Kysely } from 'kysely';
import type { LedgerName, Store } from '../database.ts';
import type { Schema } from '../schema.ts';
import type { StatementResult, WriterRequest } from './messages.ts';
import { ReaderPool } from './reader-pool.ts';
import { createSqliteDialect } from './sqlite-dialect.ts';
import { SqliteStore } from './sqlite-store.ts';
import { ThreadLink } from './thread-link.ts';
import type { WriterThreadData } from './writer-thread.ts';

/** Who signs this ledger's checkpoints. */
export interface LedgerKey {
  /** The log's name in its checkpoints; stays the same for the life of the ledger. */
  readonly origin: string;
  /** PKCS #8 DER of an Ed25519 private key. */
  readonly privateKey: Uint8Array;
}

export interface SqliteStoreOptions {
  /** Data folder; made when missing, readable by its owner only. */
  readonly folder: string;
  /** Called once the schema is there: finds the ledger's key in the data or makes it. */
  loadLedgerKey(sql: Kysely<Schema>): Promise<LedgerKey>;
  /** At most one checkpoint in this time unless asked for. */
  readonly checkpointIntervalMs?: number;
  /** How long a transaction may take; 5 s when absent. */
  readonly transactionTimeoutMs?: number;
  /** Cap on the database file in bytes; reaching it is a full disk. No cap when absent. */
  readonly maximumBytes?: number;
}

const stream = 'main';
const pageBytes = 4096;

/**
 * Opens the embedded store: one writing thread and one or two reading ones. Throws `server.data_folder_in_use` when
 * another process has it, `server.data_folder_newer`, `ledger.tampered` when the log contradicts its last checkpoint.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  await mkdir(options.folder, { recursive: true, mode: 0o700 });
  const databasePath = join(options.folder, 'countersign.db');
  const data: WriterThreadData = {
    databasePath,
    lockPath: join(options.folder, 'lock.db'),
    checkpointIntervalMs: options.checkpointIntervalMs ?? 1000,
    maximumPages: options.maximumBytes === undefined ? null : Math.ceil(options.maximumBytes / pageBytes),
  };
  const writer = new ThreadLink<WriterRequest>('writer-thread', data);
  try {
    await writer.request({ kind: 'open' });
    const ledger = await startLedger(writer, options);
    const readers = new ReaderPool({ databasePath });
    return new SqliteStore({
      writer,
      readers,
      ledger,
      transactionTimeoutMs: options.transactionTimeoutMs ?? 5_000,
    });
  } catch (error) {
    await writer.end();
    throw error;
  }
}

async function startLedger(
  writer: ThreadLink<WriterRequest>,
  options: SqliteStoreOptions,
): Promise<LedgerName> {
  const execute = (job: {
    sql: string;
    parameters: readonly (null | number | bigint | string | Uint8Array)[];
  }) => writer.request<StatementResult>({ kind: 'execute', inTransaction: false, ...job });
  const { origin, privateKey } = await options.loadLedgerKey(
    new Kysely<Schema>({ dialect: createSqliteDialect(execute) }),
  );
  await writer.request({ kind: 'start-ledger', signer: { stream, origin, privateKey } });
  const key = createPrivateKey({ key: Buffer.from(privateKey), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32);
  return { stream, origin, vkey: formatVerifierKey(createVerifierKey(origin, new Uint8Array(publicKey))) };
}
