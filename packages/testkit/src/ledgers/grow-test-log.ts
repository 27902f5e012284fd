import { generateKeyPairSync, sign } from 'node:crypto';
import {
  computeRoot,
  createVerifierKey,
  createWitnessKey,
  encodeEntry,
  formatCheckpoint,
  formatVerifierKey,
  type HashAt,
  hashLeaf,
  type LedgerEntry,
  MerkleFrontier,
  type NoteSigner,
  signNote,
  type WitnessSigner,
} from '@countersign/ledger';

function makeKeys() {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const bytes = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32));
  return { bytes, sign: (message: Uint8Array) => new Uint8Array(sign(null, message, privateKey)) };
}

/** A key that signs as a log of this name; for tests. */
export function makeTestSigner(origin = 'example.test/ledger'): NoteSigner {
  const { bytes, sign: signs } = makeKeys();
  return { key: createVerifierKey(origin, bytes), sign: signs };
}

/** A key that cosigns; for tests. */
export function makeTestWitness(name = 'witness.test/one'): WitnessSigner {
  const { bytes, sign: signs } = makeKeys();
  return { key: createWitnessKey(name, bytes), sign: signs };
}

export interface TestLog {
  readonly signer: NoteSigner;
  readonly vkey: string;
  readonly entries: readonly LedgerEntry[];
  readonly leaves: readonly Uint8Array[];
  readonly hashAt: HashAt;
  /** A signed checkpoint over the first so many entries. */
  sign(size: number): Promise<string>;
}

/** A log in memory, for tests. `mark` tells its entries from those of another of the same key. */
export function growTestLog(size: number, signer: NoteSigner = makeTestSigner(), mark = 'a'): TestLog {
  const entries = Array.from({ length: size }, (_, seq): LedgerEntry => {
    const commitment = (seq > 3 ? mark : 'a').repeat(43);
    return { v: 1, stream: 'main', seq, id: `rec_${seq}`, at: seq, kind: 'a.b', causes: [], commitment };
  });
  const leaves = entries.map((entry) => hashLeaf(encodeEntry(entry)));
  const hashAt: HashAt = (level, index) => {
    const tree = new MerkleFrontier();
    for (const leaf of leaves.slice(index * 2 ** level, (index + 1) * 2 ** level)) tree.append(leaf);
    return tree.root();
  };
  const { name: origin } = signer.key;
  return {
    ...{ signer, entries, leaves, hashAt },
    vkey: formatVerifierKey(signer.key),
    sign: async (count) =>
      signNote(formatCheckpoint({ origin, size: count, root: await computeRoot(count, hashAt) }), signer),
  };
}
