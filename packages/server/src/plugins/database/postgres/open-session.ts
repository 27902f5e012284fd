import type { Client } from 'pg';
import { firstSeqOf, mostStreams } from '../ledger-streams.ts';
import type { Seat } from '../messages.ts';
import { StoreFailure } from '../store-failure.ts';
import { closeSoon, connect } from './connect.ts';
import { describePostgresFailure } from './describe-failure.ts';
import { migrate } from './migrate.ts';
import type { DatabaseAddress } from './parse-database-url.ts';
import { giveBackStream, takeHouse, takeStream, withSchemaLock } from './seat-locks.ts';

/** A connection that holds a stream of the ledger for this gateway alone. */
export interface WriterSession {
  readonly client: Client;
  /** Grows with every gateway, and every session of one, that takes the stream. */
  readonly epoch: number;
  readonly seat: Seat;
}

const statementTimeoutMs = 5_000;
/** The server needs a moment to notice that the gateway before this one was killed. */
const lockPatienceMs = 3_000;
/** Another gateway may bring the schema up to date. */
const schemaPatienceMs = 60_000;

/** What a gateway writes in a day at most. */
const placesLeft = 2 ** 30;

// A commit is acknowledged when it is on disk, whatever the server's default; one that promises more is left alone.
const settings = `SELECT set_config('synchronous_commit', CASE WHEN current_setting('synchronous_commit') = 'remote_apply' THEN 'remote_apply' ELSE 'on' END, false);
  SET client_min_messages = 'warning';
  SET default_transaction_isolation = 'read committed';
  SET default_transaction_read_only = off;
  SET lock_timeout = '4s';
  SET idle_in_transaction_session_timeout = '10s';
  SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3;`;

/** The first connection of this process: brings the schema up to date and takes the first stream that is free. */
export async function openFirstSession(address: DatabaseAddress, isShared: boolean): Promise<WriterSession> {
  const client = await connect(address, settings).catch((cause: unknown) => {
    throw refused('server.database_unreachable', describePostgresFailure(cause).message);
  });
  return closedOnFailure(client, async () => {
    await requireHouse(client, isShared);
    await requireUtf8(client);
    // A migration may take longer than any statement later, so that its limit comes afterwards.
    const isMigrated = await withSchemaLock(client, schemaPatienceMs, () => migrate(client));
    if (!isMigrated) throw refused('server.database_in_use', 'another gateway changes the schema');
    const stream = await takeFreeStream(client);
    const text = `INSERT INTO ledger_streams (number, epoch, holder) VALUES ($1, 1, gen_random_uuid()::text)
      ON CONFLICT (number) DO UPDATE SET epoch = ledger_streams.epoch + 1, holder = excluded.holder RETURNING epoch, holder`;
    const { rows } = await client.query(text, [stream]);
    const [row] = rows;
    return begin(client, Number(row?.epoch), { stream, holder: String(row?.holder), isShared });
  });
}

/**
 * Takes the stream again where this process was the last to have it. Throws `ledger.tampered` when somebody else was:
 * what this process remembers is not true any more, and only a new start may go on.
 */
export async function openNextSession(address: DatabaseAddress, seat: Seat): Promise<WriterSession> {
  const client = await connect(address, settings);
  return closedOnFailure(client, async () => {
    await requireHouse(client, seat.isShared);
    if (!(await takeStream(client, seat.stream, lockPatienceMs)))
      throw refused('server.database_in_use', 'another gateway holds the stream');
    const text =
      'UPDATE ledger_streams SET epoch = epoch + 1 WHERE number = $1 AND holder = $2 RETURNING epoch';
    const { rows } = await client.query(text, [seat.stream, seat.holder]);
    const [row] = rows;
    if (row === undefined)
      throw refused('ledger.tampered', 'another gateway has taken the place of this one');
    return begin(client, Number(row.epoch), seat);
  });
}

async function begin(client: Client, epoch: number, seat: Seat): Promise<WriterSession> {
  await client.query(`SET statement_timeout = ${statementTimeoutMs}`);
  return { client, epoch, seat };
}

async function closedOnFailure<T>(client: Client, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    closeSoon(client);
    throw error;
  }
}

async function requireHouse(client: Client, isShared: boolean): Promise<void> {
  if (await takeHouse(client, isShared, lockPatienceMs)) return;
  const how = isShared ? 'a gateway without a signal bus' : 'another gateway';
  throw refused('server.database_in_use', `${how} holds the database`);
}

/** One whose places are nearly used up is left to its readers. */
async function takeFreeStream(client: Client): Promise<number> {
  for (let stream = 0; stream < mostStreams; stream += 1) {
    if (!(await takeStream(client, stream))) continue;
    const text = 'SELECT 1 FROM ledger_entries WHERE seq >= $1 AND seq < $2 LIMIT 1';
    const end = firstSeqOf(stream + 1);
    const { rows } = await client.query(text, [end - placesLeft, end]);
    if (rows.length === 0) return stream;
    await giveBackStream(client, stream);
  }
  throw refused('server.database_in_use', `${mostStreams} gateways hold the database`);
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
