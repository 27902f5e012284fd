import { setTimeout as sleep } from 'node:timers/promises';
import { startPostgres, type TestPostgres } from '@countersign/testkit';
import { Client } from 'pg';

/** A primary and a standby that has every commit before it is acknowledged. */
export interface DatabasePair {
  /** Of the database, at the primary there is now. */
  url(): string;
  port(): number;
  /** Runs a statement at the primary. */
  query<Row>(text: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** The primary crashes and, after the pause, the standby takes its place. */
  failOver(pauseMilliseconds: number): Promise<void>;
  /** Where there is no standby any more, a new one follows. */
  rejoin(): Promise<void>;
  version(): Promise<string>;
  remove(): Promise<void>;
}

const DATABASE = 'countersign';
const PATIENCE_MILLISECONDS = 30_000;
/** A standby may fall behind while its machine is busy, and still finds what it missed. */
const settings = { wal_keep_size: '512MB', max_wal_senders: '8', tcp_keepalives_idle: '5' };

export async function startPair(): Promise<DatabasePair> {
  let primary = await startPostgres({ settings });
  let standby: TestPostgres | undefined;
  await query(primary.url, `CREATE DATABASE ${DATABASE} TEMPLATE template0 ENCODING 'UTF8'`);
  const url = (): string => Object.assign(new URL(primary.url), { pathname: `/${DATABASE}` }).href;
  const pair: DatabasePair = {
    url,
    port: () => primary.port,
    query: (text, values) => query(url(), text, values),
    async failOver(pauseMilliseconds) {
      if (standby === undefined) throw new Error('there is no standby');
      const lost = primary;
      await lost.stop('crash');
      await sleep(pauseMilliseconds);
      await query(standby.url, 'SELECT pg_promote(true, 30)');
      primary = standby;
      standby = undefined;
      await lost.remove();
    },
    async rejoin() {
      if (standby !== undefined) return;
      standby = await startPostgres({ settings, standbyOf: primary });
      await query(primary.url, "ALTER SYSTEM SET synchronous_standby_names = '*'");
      await query(primary.url, 'SELECT pg_reload_conf()');
      await untilSynchronous(primary.url);
    },
    async version() {
      const [row] = await query<{ server_version: string }>(primary.url, 'SHOW server_version');
      return row?.server_version ?? 'unknown';
    },
    async remove() {
      await standby?.remove();
      await primary.remove();
    },
  };
  await pair.rejoin();
  return pair;
}

async function untilSynchronous(url: string): Promise<void> {
  const text = "SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'";
  for (let waited = 0; waited < PATIENCE_MILLISECONDS; waited += 50) {
    if ((await query(url, text)).length > 0) return;
    await sleep(50);
  }
  throw new Error('the standby does not follow');
}

async function query<Row>(
  connectionString: string,
  text: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> {
  const client = new Client({ connectionString, query_timeout: PATIENCE_MILLISECONDS });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(text, [...values])).rows as Row[];
  } finally {
    await client.end().catch(() => {});
  }
}
