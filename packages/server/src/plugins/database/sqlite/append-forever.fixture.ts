import { createMemoryKeyring } from '../sealing/keyring.ts';
import { makeTestRecord, testKeyRoots } from '../test-store.ts';
import { openSqliteStore } from './open-sqlite-store.ts';

// Run as a process of its own: appends until it is killed, and says what was acknowledged.
const [folder = '', privateKey = '', first = '0'] = process.argv.slice(2);
const store = await openSqliteStore({
  folder,
  checkpointIntervalMs: 5,
  loadLedgerKey: async () => ({
    origin: 'example.test/ledger',
    privateKey: Buffer.from(privateKey, 'base64'),
  }),
  openKeyring: async () => createMemoryKeyring(testKeyRoots),
});
process.stdout.write('open\n');
let next = Number(first);

async function appendForever(): Promise<void> {
  for (;;) {
    const number = next;
    next += 2;
    await store.append(
      [makeTestRecord(number), makeTestRecord(number + 1)],
      [{ kind: 'usage', holder: 'tsk_a', calls: 1, spendMinor: 0 }],
    );
    process.stdout.write(`${number}\n`);
  }
}

async function changeForever(): Promise<void> {
  for (;;) {
    const number = next;
    next += 1;
    await store.transaction(async (tx) => {
      await tx.sql
        .insertInto('budgets')
        .values({ holder: `tx_${number}`, calls: 1, spend_minor: 0 })
        .execute();
      tx.record(makeTestRecord(number));
    });
  }
}

await Promise.all([...Array.from({ length: 8 }, appendForever), changeForever()]);
