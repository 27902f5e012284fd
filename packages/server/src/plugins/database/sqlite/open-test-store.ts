import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LedgerRecord } from '@countersign/api';
import type { Store } from '../database.ts';
import type { LedgerKey } from '../start-ledger.ts';
import { openSqliteStore, type SqliteStoreOptions } from './open-sqlite-store.ts';

/** A real store in a folder of its own, for tests. */
export interface TestStore {
  readonly store: Store;
  readonly folder: string;
  readonly key: LedgerKey;
  /** Closes the store if it is open and opens it again on the same data. */
  reopen(options?: Partial<SqliteStoreOptions>): Promise<Store>;
  /** Closes the store and removes the folder. */
  remove(): Promise<void>;
}

export async function openTestStore(options: Partial<SqliteStoreOptions> = {}): Promise<TestStore> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'countersign-store-')));
  const key = createTestLedgerKey();
  const open = (changes: Partial<SqliteStoreOptions>) =>
    openSqliteStore({ folder, loadLedgerKey: async () => key, ...options, ...changes });
  let store = await open({});
  return {
    get store() {
      return store;
    },
    folder,
    key,
    reopen: async (changes = {}) => {
      await store.close();
      store = await open(changes);
      return store;
    },
    remove: async () => {
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export function createTestLedgerKey(): LedgerKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  return {
    origin: 'example.test/ledger',
    privateKey: new Uint8Array(privateKey.export({ format: 'der', type: 'pkcs8' })),
  };
}

/** A record of an action; `number` makes its id and time. */
export function makeTestRecord(number: number, changes: Partial<LedgerRecord> = {}): LedgerRecord {
  return {
    id: `rec_${String(number).padStart(26, '0')}`,
    kind: 'action.intent',
    at: 1_790_000_000_000 + number,
    causes: [],
    action: `act_${String(number).padStart(26, '0')}`,
    agent: 'agt_a',
    task: 'tsk_a',
    chain: ['dlg_a'],
    upstream: 'payments',
    tool: 'pay',
    body: { number },
    ...changes,
  };
}
