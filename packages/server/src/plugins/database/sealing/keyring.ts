import { retentionClasses } from '@countersign/api';
import { PayloadKeys } from './payload-keys.ts';

/** The keys of payloads where they are kept, which is never the database. */
export interface Keyring {
  readonly keys: PayloadKeys;
  /** The number of the last erasure whose keys are not among them any more; 0 before the first. */
  readonly erasures: number;
  /** Durable when it resolves, and then only these open anything; when it rejects, those of before still do. */
  replace(keys: PayloadKeys, erasures: number): Promise<void>;
}

/** Keys that nothing keeps: for a ledger that ends with this process, and for tests. */
export function createMemoryKeyring(roots: readonly Uint8Array[]): Keyring {
  let held = { keys: PayloadKeys.fromRoots(roots), erasures: 0 };
  return {
    get keys() {
      return held.keys;
    },
    get erasures() {
      return held.erasures;
    },
    replace: async (keys, erasures) => {
      held = { keys, erasures };
    },
  };
}

/** One root for each class. */
export function drawRoots(randomBytes: (count: number) => Uint8Array): readonly Uint8Array[] {
  return retentionClasses.map(() => randomBytes(32));
}
