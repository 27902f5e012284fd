import { generateKeyPairSync, sign } from 'node:crypto';
import {
  commitPayload,
  createVerifierKey,
  type ExportRecord,
  encodeEntry,
  formatCheckpoint,
  formatExportRecord,
  formatVerifierKey,
  hashLeaf,
  MerkleFrontier,
  type NoteSigner,
  proveConsistency,
  signNote,
} from '@countersign/ledger';
import type { Random } from './random.ts';

/** A ledger in memory, with the key that signs it: whoever forges has everything. */
export interface Ledger {
  readonly size: number;
  readonly vkey: string;
  readonly signer: NoteSigner;
  readonly records: readonly ExportRecord[];
  /** Each record's line of an export. */
  readonly lines: readonly string[];
  /** Leaf hashes. */
  readonly leaves: readonly Uint8Array[];
  /** The tree of the first so many records. */
  frontierAt(size: number): MerkleFrontier;
  sign(tree: MerkleFrontier): string;
  prove(oldSize: number): Promise<Uint8Array[]>;
}

const origin = 'example.test/ledger';
const everyFrontier = 64;

/** Records of many shapes, each a few hundred bytes, some erased. */
export function makeLedger(size: number, random: Random): Ledger {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const bytes = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32));
  const signer: NoteSigner = {
    key: createVerifierKey(origin, bytes),
    sign: (message) => sign(null, message, privateKey),
  };
  const records = Array.from({ length: size }, (_, seq) => makeRecord(seq, random));
  const leaves = records.map(({ entry }) => hashLeaf(encodeEntry(entry)));
  const nodes = new Map<string, Uint8Array>(leaves.map((leaf, at) => [`0/${at}`, leaf]));
  const tree = new MerkleFrontier();
  const frontiers = [tree.clone()];
  for (const leaf of leaves) {
    tree.append(leaf, (level, index, hash) => nodes.set(`${level}/${index}`, hash));
    if (tree.size % everyFrontier === 0) frontiers.push(tree.clone());
  }
  return {
    ...{ size, signer, records, leaves },
    vkey: formatVerifierKey(signer.key),
    lines: records.map(formatExportRecord),
    frontierAt(end) {
      const start = Math.floor(end / everyFrontier);
      const found = (frontiers[start] ?? new MerkleFrontier()).clone();
      for (const leaf of leaves.slice(start * everyFrontier, end)) found.append(leaf);
      return found;
    },
    sign: (signed) => signNote(formatCheckpoint({ origin, size: signed.size, root: signed.root() }), signer),
    prove: (oldSize) =>
      proveConsistency(oldSize, size, (level, index) => nodes.get(`${level}/${index}`) ?? new Uint8Array()),
  };
}

const kinds = ['action.intent', 'action.decision', 'action.outcome', 'approval.granted', 'task.opened'];
const words = ['pay', 'é', 'Zürich', '\\n', '漢字', 'DE12 5001', 'refund', '"', '/srv/files'];

export function makeRecord(
  seq: number,
  random: Random,
  id = `rec_${String(seq).padStart(26, '0')}`,
): ExportRecord {
  const salt = Uint8Array.from({ length: 16 }, () => random.below(256));
  const text = Array.from({ length: 1 + random.below(20) }, () => random.pick(words)).join(' ');
  const payload = `{"agent":"agt_${random.below(5)}","body":{"amount":${random.below(1e6)},"text":${JSON.stringify(text)}}}`;
  const causes =
    seq === 0 || random.below(3) > 0 ? [] : [`rec_${String(random.below(seq)).padStart(26, '0')}`];
  const entry = {
    ...{ v: 1 as const, stream: 'main', seq, id, causes },
    at: 1_790_000_000_000 + seq * 7,
    kind: random.pick(kinds),
    commitment: commitPayload(salt, payload),
  };
  return { entry, opening: random.below(20) === 0 ? null : { payload, salt } };
}
