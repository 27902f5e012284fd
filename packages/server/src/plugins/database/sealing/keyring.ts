import { retentionClasses } from '@countersign/api';
import { PayloadKeys } from './payload-keys.ts';

/** What an erasure blanked, by ids alone. */
export interface KeptErasure {
  readonly number: number;
  readonly work: string;
}

/** Outside of the database, so that one that was put back is told what it has to forget again. */
export interface ErasureJournal {
  /** Durable when it resolves; the same again when asked twice. */
  keep(erasure: KeptErasure): Promise<void>;
  /** Those with greater numbers. */
  readSince(number: number): Promise<readonly KeptErasure[]>;
}

/** The keys of payloads where they are kept, which is never the database. */
export interface Keyring {
  readonly keys: PayloadKeys;
  /** The number of the last erasure whose keys are not among them any more; 0 before the first. */
  readonly erasures: number;
  readonly journal: ErasureJournal;
  /** Durable when it resolves, and then only these open anything; when it rejects, those of before still do. */
  replace(keys: PayloadKeys, erasures: number): Promise<void>;
  /** Forgets what another gateway has destroyed. Rejects when the keys cannot be read; then nothing was forgotten. */
  refresh(): Promise<void>;
}

/** Keys that nothing keeps: for a ledger that ends with this process, and for tests. */
export function createMemoryKeyring(roots: readonly Uint8Array[]): Keyring {
  let held = { keys: PayloadKeys.fromRoots(roots), erasures: 0 };
  const kept = new Map<number, KeptErasure>();
  return {
    journal: {
      keep: async (erasure) => {
        kept.set(erasure.number, erasure);
      },
      readSince: async (number) => [...kept.values()].filter((one) => one.number > number),
    },
    get keys() {
      return held.keys;
    },
    get erasures() {
      return held.erasures;
    },
    replace: async (keys, erasures) => {
      held = { keys, erasures };
    },
    refresh: async () => {},
  };
}

/** One root for each class. */
export function drawRoots(randomBytes: (count: number) => Uint8Array): readonly Uint8Array[] {
  return retentionClasses.map(() => randomBytes(32));
}
