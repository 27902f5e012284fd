import { randomUUID } from 'node:crypto';
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
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await runAlone(url, `CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  return {
    url: own.href,
    execute: (statement) => runAlone(own.href, statement),
    drop: () => runAlone(url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

async function runAlone(connectionString: string, statement: string): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
