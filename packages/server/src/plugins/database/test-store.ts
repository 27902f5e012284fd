import { generateKeyPairSync } from 'node:crypto';
import { type LedgerRecord, retentionClasses } from '@countersign/api';
import type { Store } from './database.ts';
import { createMemoryKeyring } from './sealing/keyring.ts';
import type { LedgerKey, StoreOptions } from './start-ledger.ts';

/** A real store with data of its own, for tests. */
export interface TestStore<Options = object> {
  readonly store: Store;
  /** A folder of the test's own. */
  readonly folder: string;
  readonly key: LedgerKey;
  /** Another store on the same data. */
  openAnother(options?: TestStoreOptions<Options>): Promise<Store>;
  /** Closes the store if it is open and opens it again on the same data. */
  reopen(options?: TestStoreOptions<Options>): Promise<Store>;
  /** Changes the data as somebody could who has the database but not the server. Portable SQL; the store is closed. */
  changeBehindItsBack(statement: string): Promise<void>;
  /** Closes the store and removes its data. */
  remove(): Promise<void>;
}

export type TestStoreOptions<Options> = Partial<StoreOptions> & Options;

/** What a driver brings. */
export interface TestGround<Options> {
  readonly folder: string;
  open(options: StoreOptions & Options): Promise<Store>;
  execute(statement: string): Promise<void>;
  removeData(): Promise<void>;
}

export async function makeTestStore<Options extends object>(
  ground: TestGround<Options>,
  options: TestStoreOptions<Options>,
): Promise<TestStore<Options>> {
  const key = createTestLedgerKey();
  const others = new Map<number, LedgerKey>([[0, key]]);
  const keyOf = (stream: number): LedgerKey => {
    const known = others.get(stream) ?? createTestLedgerKey(`example.test/ledger-${stream}`);
    others.set(stream, known);
    return known;
  };
  const keyring = createMemoryKeyring(testKeyRoots);
  const open = (changes: Partial<TestStoreOptions<Options>> = {}) =>
    ground.open({
      loadLedgerKey: async (_sql, stream) => keyOf(stream),
      openKeyring: async () => keyring,
      ...options,
      ...changes,
    });
  let store = await open();
  return {
    get store() {
      return store;
    },
    folder: ground.folder,
    key,
    openAnother: open,
    reopen: async (changes) => {
      await store.close();
      store = await open(changes);
      return store;
    },
    changeBehindItsBack: ground.execute,
    remove: async () => {
      await store.close();
      await ground.removeData();
    },
  };
}

/** The same for every test store, so that another process can open one. */
export const testKeyRoots = retentionClasses.map((_class, number) => new Uint8Array(32).fill(number + 1));

export function createTestLedgerKey(origin = 'example.test/ledger'): LedgerKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  return {
    origin,
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
