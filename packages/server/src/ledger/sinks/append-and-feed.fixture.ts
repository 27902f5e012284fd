import { setTimeout as sleep } from 'node:timers/promises';
import { createMemoryKeyring } from '../../plugins/database/sealing/keyring.ts';
import { openSqliteStore } from '../../plugins/database/sqlite/open-sqlite-store.ts';
import { makeTestRecord, testKeyRoots } from '../../plugins/database/test-store.ts';
import { openTestSinks } from './open-test-sinks.ts';

// Run as a process of its own: appends and sends until it is killed.
const [folder = '', privateKey = '', first = '0', sinks = '[]'] = process.argv.slice(2);
const store = await openSqliteStore({
  folder,
  loadLedgerKey: async () => ({
    origin: 'example.test/ledger',
    privateKey: Buffer.from(privateKey, 'base64'),
  }),
  openKeyring: async () => createMemoryKeyring(testKeyRoots),
});
const sending = await openTestSinks(store, Date.now, JSON.parse(sinks));
process.stdout.write('open\n');

async function appendForever(): Promise<void> {
  for (let next = Number(first); ; next += 10) {
    await store.append(Array.from({ length: 10 }, (_, index) => makeTestRecord(next + index)));
    await sleep(1);
  }
}

async function feedForever(): Promise<void> {
  for (;;) {
    await sending.feed();
    await sleep(1);
  }
}

await Promise.all([appendForever(), feedForever()]);
