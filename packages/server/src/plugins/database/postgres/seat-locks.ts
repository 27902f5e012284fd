import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { mostStreams } from '../ledger-streams.ts';

/** Any number, the same for every release. A gateway that shares nothing has it alone, those that share have it together. */
const houseLock = '7165074649430258535';
/** One gateway at a time changes the schema. */
const schemaLock = '7165074649430258536';
/** What transactions of gateways that share wait for: one at a time. */
export const turnLock = '7165074649430258537';
/** With the number of a stream: who has it may write that stream. */
export const streamLocks = 716507464;

const pauseMs = 50;

/** For the life of the session. Returns false when somebody else's way of having it forbids this one. */
export function takeHouse(client: Client, isShared: boolean, patienceMs: number): Promise<boolean> {
  return take(client, `pg_try_advisory_lock${isShared ? '_shared' : ''}(${houseLock})`, patienceMs);
}

/** Runs the work while no other gateway does the same. Throws what the work does; `false` when the patience ends. */
export async function withSchemaLock(
  client: Client,
  patienceMs: number,
  work: () => Promise<void>,
): Promise<boolean> {
  if (!(await take(client, `pg_try_advisory_lock(${schemaLock})`, patienceMs))) return false;
  try {
    await work();
    return true;
  } finally {
    await client.query(`SELECT pg_advisory_unlock(${schemaLock})`).catch(() => {});
  }
}

/** For the life of the session, or until it is given back. */
export function takeStream(client: Client, stream: number, patienceMs = 0): Promise<boolean> {
  return take(client, `pg_try_advisory_lock(${streamLocks}, ${stream})`, patienceMs);
}

export async function giveBackStream(client: Client, stream: number): Promise<void> {
  await client.query(`SELECT pg_advisory_unlock(${streamLocks}, ${stream})`);
}

/**
 * Runs the work while no gateway has a stream, and lets none that had one come back to it: its place was taken. Throws what
 * the work does; `false`, and nothing is done, when one runs. To be called under the lock of the schema.
 */
export async function withEveryStream(client: Client, work: () => Promise<void>): Promise<boolean> {
  let taken = 0;
  try {
    for (; taken < mostStreams; taken += 1) if (!(await takeStream(client, taken))) return false;
    const { rows } = await client.query("SELECT to_regclass('ledger_streams') IS NOT NULL AS there");
    // Before there were streams one gateway had the whole database, and this one has it now.
    if (Number(rows[0]?.there) === 1)
      await client.query('UPDATE ledger_streams SET epoch = epoch + 1, holder = gen_random_uuid()::text');
    await work();
    return true;
  } finally {
    for (let stream = 0; stream < taken; stream += 1) await giveBackStream(client, stream).catch(() => {});
  }
}

async function take(client: Client, lock: string, patienceMs: number): Promise<boolean> {
  for (let waitedMs = 0; ; waitedMs += pauseMs) {
    const { rows } = await client.query(`SELECT ${lock} AS taken`);
    if (rows[0]?.taken === 1) return true;
    if (waitedMs >= patienceMs) return false;
    await sleep(pauseMs);
  }
}
