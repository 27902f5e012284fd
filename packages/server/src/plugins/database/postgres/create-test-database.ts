import { Client, DatabaseError } from 'pg';
import { migrations } from '../migrations/index.ts';
import { migrate } from './migrate.ts';

/** A database of its own on a server for tests. */
export interface TestDatabase {
  readonly url: string;
  execute(statement: string): Promise<void>;
  /** Nobody uses it any more: it is emptied and kept for the next test of this process. */
  giveBack(): Promise<void>;
}

/** Has the schema already, because bringing it there takes longer than most tests. */
const template = 'test_template';
const noSuchDatabase = '3D000';
const databaseExists = '42P04';

/** Making one costs more than most tests: hundreds of files. The server goes with all of them in the end. */
const free = new Map<string, string[]>();

const empty = `SET session_replication_role = replica;
  DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'migrations' LOOP
      EXECUTE 'DELETE FROM ' || quote_ident(name);
    END LOOP;
  END $$;
  DELETE FROM migrations WHERE position >= ${migrations.length}`;

/** Makes a database without data on the server behind `url`, whose user may. */
export async function createTestDatabase(url: string): Promise<TestDatabase> {
  const kept = free.get(url) ?? [];
  free.set(url, kept);
  const own = kept.pop() ?? pointTo(url, await createDatabase(url));
  const execute = (statement: string) =>
    connected(own, async (client) => {
      await client.query(statement);
    });
  return {
    url: own,
    execute,
    async giveBack() {
      await execute(empty);
      kept.push(own);
    },
  };
}

function createDatabase(url: string): Promise<string> {
  return connected(url, async (client) => {
    const name = await chooseName(client);
    try {
      await client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
    } catch (error) {
      if (!isRefusal(error, noSuchDatabase)) throw error;
      await createTemplate(client, url);
      await client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
    }
    return name;
  });
}

/** Under another name first: nobody may find it half made, and of two who make it one is too late. */
async function createTemplate(client: Client, url: string): Promise<void> {
  const made = await chooseName(client);
  await client.query(`CREATE DATABASE ${made} TEMPLATE template0 ENCODING 'UTF8'`);
  await connected(pointTo(url, made), migrate);
  try {
    await client.query(`ALTER DATABASE ${made} RENAME TO ${template}`);
  } catch (error) {
    if (!isRefusal(error, databaseExists)) throw error;
    await client.query(`DROP DATABASE ${made}`);
  }
}

async function chooseName(client: Client): Promise<string> {
  const { rows } = await client.query("SELECT 'test_' || replace(gen_random_uuid()::text, '-', '') AS name");
  return rows[0]?.name;
}

function pointTo(url: string, database: string): string {
  const own = new URL(url);
  own.pathname = `/${database}`;
  return own.href;
}

function isRefusal(thrown: unknown, code: string): boolean {
  return thrown instanceof DatabaseError && thrown.code === code;
}

async function connected<T>(connectionString: string, run: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.end();
  }
}
