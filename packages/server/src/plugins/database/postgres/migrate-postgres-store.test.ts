import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Migration, migrations } from '../migrations/index.ts';
import { makeTestRecord } from '../test-store.ts';
import { connect } from './connect.ts';
import { migrate } from './migrate.ts';
import { openPostgresTestStore, type PostgresTestStore } from './open-postgres-test-store.ts';
import { parseDatabaseUrl } from './parse-database-url.ts';

const server = process.env.TEST_POSTGRES_URL ?? '';

const additive: Migration = {
  name: '9001-additive',
  statements: [
    'CREATE TABLE later_things (id TEXT PRIMARY KEY)',
    'ALTER TABLE ledger_entries ADD COLUMN later TEXT',
    "ALTER TABLE ledger_streams ADD COLUMN later TEXT NOT NULL DEFAULT 'said'",
  ],
};
const waiting: Migration = {
  name: '9002-waiting',
  statements: ['CREATE TABLE later_alone (id TEXT PRIMARY KEY)'],
  waits: 'the release before would not know what is meant',
};

describe('server.upgrade-waits: the schema of a later release', () => {
  let test: PostgresTestStore;
  let newer: Client;

  beforeEach(async () => {
    test = await openPostgresTestStore(server, { isShared: true });
    newer = await connect(parseDatabaseUrl(test.url), "SET client_min_messages = 'warning'");
  });
  afterEach(async () => {
    await newer.query(
      `DROP TABLE IF EXISTS later_things, later_alone; ALTER TABLE ledger_entries DROP COLUMN IF EXISTS later;
       ALTER TABLE ledger_streams DROP COLUMN IF EXISTS later;
       DELETE FROM migrations WHERE position >= ${migrations.length}`,
    );
    await newer.end();
    await test.remove();
  });

  it('comes while a gateway of the release before goes on', async () => {
    await test.store.append([makeTestRecord(0)]);
    await migrate(newer, [...migrations, additive]);
    await test.store.append([makeTestRecord(1)]);
    const rows = await test.store.sql.selectFrom('ledger_entries').select('seq').execute();
    expect(rows).toHaveLength(2);
    // It is not started a second time: it does not know what the newer one has written.
    await expect(test.openAnother({ isShared: true })).rejects.toMatchObject({
      code: 'server.database_newer',
    });
  });

  it('waits for a table only as long as nobody else has to wait behind it, and tries again', async () => {
    const reader = new Client({ connectionString: test.url });
    await reader.connect();
    await reader.query('BEGIN; SELECT count(*) FROM ledger_entries');
    const migrated = migrate(newer, [...migrations, additive]);
    await test.store.append([makeTestRecord(0)]);
    await test.store.append([makeTestRecord(1)]);
    await reader.query('COMMIT');
    await migrated;
    await reader.end();
    await test.store.append([makeTestRecord(2)]);
    const { rows } = await newer.query('SELECT later FROM ledger_entries');
    expect(rows).toHaveLength(3);
  });

  it('is not touched while a migration has to wait for gateways that run', async () => {
    const pending = [...migrations, additive, waiting];
    await expect(migrate(newer, pending)).rejects.toMatchObject({
      failure: { code: 'server.database_in_use' },
    });
    const { rows } = await newer.query("SELECT to_regclass('later_things') AS made");
    expect(rows).toEqual([{ made: null }]);
    await test.store.append([makeTestRecord(0)]);
  });

  it('lets no gateway that had lost its session come back after such a migration', async () => {
    await test.store.append([makeTestRecord(0)]);
    const cut = `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = 716507464
      AND objsubid = 2 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
    // Tried until the gateway has not come back in the moment between.
    await expect
      .poll(async () => {
        await newer.query(cut);
        return migrate(newer, [...migrations, additive, waiting]).then(
          () => 'migrated',
          () => 'in use',
        );
      })
      .toBe('migrated');
    await expect(test.store.append([makeTestRecord(1)])).rejects.toMatchObject({
      code: 'ledger.unavailable',
    });
  });
});
