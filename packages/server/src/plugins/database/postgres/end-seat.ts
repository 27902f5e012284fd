import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import type { Seat } from '../messages.ts';
import { closeSoon, connect } from './connect.ts';
import type { DatabaseAddress } from './parse-database-url.ts';
import { giveBackStream, takeStream } from './seat-locks.ts';

const settings = `SET client_min_messages = 'warning'; SET statement_timeout = '5s'; SET lock_timeout = '2s';
  SET default_transaction_read_only = off;`;
/** A gateway whose connection broke has this long to come back, as all have after the primary failed over. */
const graceMs = 1_000;

/**
 * Closes a stream to the gateway that had it, if its session is gone and stays gone for a second. Its commits prove by the
 * row that is changed here that the stream is still theirs, so that none can follow.
 */
export async function endSeat(
  address: DatabaseAddress,
  seat: Pick<Seat, 'stream' | 'holder'>,
): Promise<boolean> {
  const client = await connect(address, settings);
  try {
    if (!(await isHeld(client, seat))) return true;
    if (!(await isFree(client, seat.stream))) return false;
    await sleep(graceMs);
    return (await isHeld(client, seat)) ? await close(client, seat) : true;
  } finally {
    closeSoon(client);
  }
}

async function isHeld(client: Client, { stream, holder }: Pick<Seat, 'stream' | 'holder'>): Promise<boolean> {
  const text = 'SELECT 1 FROM ledger_streams WHERE number = $1 AND holder = $2';
  const { rows } = await client.query(text, [stream, holder]);
  return rows.length === 1;
}

async function isFree(client: Client, stream: number): Promise<boolean> {
  if (!(await takeStream(client, stream))) return false;
  await giveBackStream(client, stream);
  return true;
}

async function close(client: Client, { stream, holder }: Pick<Seat, 'stream' | 'holder'>): Promise<boolean> {
  if (!(await takeStream(client, stream))) return false;
  try {
    await client.query(
      'UPDATE ledger_streams SET epoch = epoch + 1, holder = gen_random_uuid()::text WHERE number = $1 AND holder = $2',
      [stream, holder],
    );
    return true;
  } finally {
    await giveBackStream(client, stream);
  }
}
