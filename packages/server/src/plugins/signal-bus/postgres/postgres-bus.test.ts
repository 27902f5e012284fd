import { startDatabaseProxy } from '@countersign/testkit';
import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { makeClientConfig } from '../../database/postgres/connect.ts';
import { createTestDatabase } from '../../database/postgres/create-test-database.ts';
import { parseDatabaseUrl } from '../../database/postgres/parse-database-url.ts';
import { createTestListener, makeBusMessage, testSignalBus, until } from '../signal-bus.contract.ts';
import { createPostgresBus } from './create-postgres-bus.ts';

const server = process.env.TEST_POSTGRES_URL ?? '';

describe('the bus on PostgreSQL', () => {
  testSignalBus(async () => {
    const database = await createTestDatabase(server);
    const wire = await startDatabaseProxy(database.url);
    const address = makeClientConfig(parseDatabaseUrl(wire.url));
    return {
      open: (listener) => createPostgresBus(address, listener),
      outage: { begin: async () => wire.cut('refuse'), end: async () => wire.cut() },
      async close() {
        await wire.close();
        await database.giveBack();
      },
    };
  });

  it('is told of rows whose notification was lost, and passes over those that are too large', async () => {
    const database = await createTestDatabase(server);
    const listener = createTestListener();
    const bus = createPostgresBus(makeClientConfig(parseDatabaseUrl(database.url)), listener);
    await until(() => listener.places.includes('joined'));
    const stranger = new Client({ connectionString: database.url });
    await stranger.connect();
    const insert = 'INSERT INTO signal_messages (publisher, sequence, body) VALUES ($1, $2, $3)';
    await stranger.query(insert, ['stranger', 1, Buffer.alloc(100_000)]);
    await stranger.query(insert, ['stranger', 2, Buffer.from('unannounced')]);
    await bus.publish(makeBusMessage('a', 1));
    await until(() => listener.texts.length === 2);
    expect(listener.texts).toEqual(['unannounced', 'a-1']);
    await stranger.end();
    await bus.close();
    await database.giveBack();
  });

  it('refuses within seconds where questions are lost on the way', async () => {
    const database = await createTestDatabase(server);
    const wire = await startDatabaseProxy(database.url);
    const listener = createTestListener();
    const bus = createPostgresBus(makeClientConfig(parseDatabaseUrl(wire.url)), listener);
    await until(() => listener.places.includes('joined'));
    wire.lose('questions');
    await expect(bus.publish(makeBusMessage('a', 1))).rejects.toMatchObject({
      code: 'signal.bus_unavailable',
    });
    await until(() => listener.places.includes('left'));
    wire.lose('nothing');
    await until(() => listener.places.length === 3);
    await bus.close();
    await wire.close();
    await database.giveBack();
  });
});
