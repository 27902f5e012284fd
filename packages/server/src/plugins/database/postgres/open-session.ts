import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { StoreFailure } from '../store-failure.ts';
import { closeSoon, connect } from './connect.ts';
import { describePostgresFailure } from './describe-failure.ts';
import { migrate } from './migrate.ts';
import type { DatabaseAddress } from './parse-database-url.ts';

/** A connection that holds the database for this gateway alone. */
export interface WriterSession {
  readonly client: Client;
  /** Grows with every gateway, and every session of one, that takes the database. */
  readonly epoch: number;
  /** The same for all sessions of one process, and no other. */
  readonly holder: string;
}

const statementTimeoutMs = 5_000;
/** The server needs a moment to notice that the gateway before this one was killed. */
const lockPatienceMs = 3_000;
const lockPauseMs = 50;
/** Any number, the same for every release: one gateway a database. */
const lockKey = '7165074649430258535';

// A commit is acknowledged when it is on disk, whatever the server's default; one that promises more is left alone.
const settings = `SELECT set_config('synchronous_commit', CASE WHEN current_setting('synchronous_commit') = 'remote_apply' THEN 'remote_apply' ELSE 'on' END, false);
  SET client_min_messages = 'warning';
  SET default_transaction_isolation = 'read committed';
  SET default_transaction_read_only = off;
  SET lock_timeout = '2s';
  SET idle_in_transaction_session_timeout = '10s';
  SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3;`;

/** The first connection of this process: takes the database and brings its schema up to date. */
export async function openFirstSession(address: DatabaseAddress): Promise<WriterSession> {
  const client = await connect(address, settings).catch((cause: unknown) => {
    throw refused('server.database_unreachable', describePostgresFailure(cause).message);
  });
  return takeDatabase(client, async () => {
    await requireUtf8(client);
    // A migration may take longer than any statement later, so that its limit comes afterwards.
    await migrate(client);
    const text = 'UPDATE writer_fence SET epoch = epoch + 1, holder = gen_random_uuid() RETURNING *';
    const { rows } = await client.query(text);
    return rows;
  });
}

/**
 * Takes the database again where this process was the last to have it. Throws `ledger.tampered` when somebody else was:
 * what this process remembers is not true any more, and only a new start may go on.
 */
export async function openNextSession(address: DatabaseAddress, holder: string): Promise<WriterSession> {
  const client = await connect(address, settings);
  return takeDatabase(client, async () => {
    const text = 'UPDATE writer_fence SET epoch = epoch + 1 WHERE holder = $1 RETURNING *';
    const { rows } = await client.query(text, [holder]);
    if (rows.length === 0) throw refused('ledger.tampered', 'another gateway has written this database');
    return rows;
  });
}

async function takeDatabase(
  client: Client,
  advance: () => Promise<readonly { readonly epoch?: unknown; readonly holder?: unknown }[]>,
): Promise<WriterSession> {
  try {
    await takeLock(client);
    const [row] = await advance();
    await client.query(`SET statement_timeout = ${statementTimeoutMs}`);
    return { client, epoch: Number(row?.epoch), holder: String(row?.holder) };
  } catch (error) {
    closeSoon(client);
    throw error;
  }
}

async function takeLock(client: Client): Promise<void> {
  for (let waitedMs = 0; ; waitedMs += lockPauseMs) {
    const { rows } = await client.query(`SELECT pg_try_advisory_lock(${lockKey}) AS taken`);
    if (rows[0]?.taken === 1) return;
    if (waitedMs >= lockPatienceMs)
      throw refused('server.database_in_use', 'another gateway holds the database');
    await sleep(lockPauseMs);
  }
}

async function requireUtf8(client: Client): Promise<void> {
  const { rows } = await client.query("SELECT current_setting('server_encoding') AS encoding");
  if (rows[0]?.encoding !== 'UTF8')
    throw refused('config.invalid', 'database.url names a database whose encoding is not UTF8');
}

function refused(
  code: 'config.invalid' | 'ledger.tampered' | `server.database_${'in_use' | 'newer' | 'unreachable'}`,
  message: string,
): StoreFailure {
  return new StoreFailure({ kind: 'refused', code, message });
}
