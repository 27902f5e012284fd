import { setTimeout as sleep } from 'node:timers/promises';
import { createPlatform } from '../../platform/platform.ts';
import { openStore } from '../../plugins/catalog.ts';
import { createMemoryKeyring } from '../../plugins/database/sealing/keyring.ts';
import { makeTestRecord, testKeyRoots } from '../../plugins/database/test-store.ts';
import { openTestSinks } from './open-test-sinks.ts';

// Run as a process of its own: appends and sends until it is killed.
const [folder = '', privateKey = '', first = '0', sinks = '[]'] = process.argv.slice(2);
const config = { data: { folder }, database: {} };
const store = await openStore(config, {
  loadLedgerKey: async () => ({
    origin: 'example.test/ledger',
    privateKey: Buffer.from(privateKey, 'base64'),
  }),
  openKeyring: async () => createMemoryKeyring(testKeyRoots),
});
const sending = await openTestSinks(store, createPlatform().now, JSON.parse(sinks));
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
