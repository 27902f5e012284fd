import { Client } from 'pg';

/** A database of its own on a server for tests. */
export interface TestDatabase {
  readonly url: string;
  execute(statement: string): Promise<void>;
  /** Ends whatever still uses it. */
  drop(): Promise<void>;
}

/** Makes an empty database on the server behind `url`, whose user may. */
export async function createTestDatabase(url: string): Promise<TestDatabase> {
  const name = await runAlone(url, async (client) => {
    const { rows } = await client.query(
      "SELECT 'test_' || replace(gen_random_uuid()::text, '-', '') AS name",
    );
    const made: string = rows[0]?.name;
    await client.query(`CREATE DATABASE ${made} TEMPLATE template0 ENCODING 'UTF8'`);
    return made;
  });
  const own = new URL(url);
  own.pathname = `/${name}`;
  return {
    url: own.href,
    execute: (statement) => runAlone(own.href, async (client) => void (await client.query(statement))),
    drop: () =>
      runAlone(
        url,
        async (client) => void (await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)),
      ),
  };
}

async function runAlone<T>(connectionString: string, run: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.end();
  }
}
