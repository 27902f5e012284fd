import { type RetentionClass, retentionClasses, retentionClassOf } from '@countersign/api';
import { deriveIndexKey, deriveLeafSecrets } from './derive-secret.ts';
import { type KeyNode, KeyTree, type LeafRange, treeDepth } from './key-tree.ts';
import { openPayload, type PayloadOpening, type PayloadPlace, sealPayload } from './sealed-payload.ts';

/** The nodes of each class's tree, by the class's number. They cross to the thread that writes. */
export type KeyNodes = readonly (readonly KeyNode[])[];

export interface StoredPayload extends PayloadPlace {
  /** As the entry in the tree has it: it decides which key opens the payload, and whose loss is an erasure. */
  readonly kind: string;
  /** As it was read; null when there is none. */
  readonly sealed: Uint8Array | null;
}

export interface PayloadSeal {
  readonly salt: Uint8Array;
  /** `salt` only where the commitment was made with another one. */
  seal(payload: string, salt?: Uint8Array): Uint8Array;
}

/** `erased`: no key is left that opens it. `damaged`: there is one, but the bytes are gone, or others than were written. */
export type ReadPayload = { readonly opening: PayloadOpening } | 'erased' | 'damaged';

/** Records of one class in a range of `seq`s, `to` exclusive. */
export interface ClassRange extends LeafRange {
  readonly retentionClass: RetentionClass;
}

/** So many records share the key of their values in the index. */
export const recordsPerBlock = 16_384;
/** Leaves from here on belong to blocks; no ledger holds so many records. */
const firstBlockLeaf = 2 ** (treeDepth - 1);

/** The keys of payloads: one puncturable tree for each retention class. Nothing here is written anywhere. */
export class PayloadKeys {
  readonly #trees: KeyTree[];

  constructor(nodes: KeyNodes) {
    this.#trees = nodes.map((some) => new KeyTree(some));
  }

  /** `roots` are 32 random bytes for each class. */
  static fromRoots(roots: readonly Uint8Array[]): PayloadKeys {
    return new PayloadKeys(roots.map((secret) => [{ level: treeDepth, index: 0, secret }]));
  }

  get nodes(): KeyNodes {
    return this.#trees.map((tree) => tree.nodes);
  }

  /** All that opens what is written from `seq` on, and nothing of before. */
  nodesFrom(seq: number): KeyNodes {
    return this.#trees.map((tree) => tree.puncture([{ from: 0, to: seq }]).nodes);
  }

  /** With new keys for these places where they were destroyed; itself when none were. */
  replenish(places: LeafRange, drawSecret: () => Uint8Array): PayloadKeys {
    const trees = this.#trees.map((tree) => tree.replenish(places, drawSecret));
    const isSame = trees.every((tree, number) => tree === this.#trees[number]);
    return isSame ? this : new PayloadKeys(trees.map(({ nodes }) => nodes));
  }

  /** Whether the key of such a record is there. */
  has(seq: number, kind: string): boolean {
    return this.#trees[numberOf(kind)]?.has(seq) ?? false;
  }

  /** The same keys without those of these ranges. */
  puncture(ranges: readonly ClassRange[]): PayloadKeys {
    const nodes = this.#trees.map((tree, number) => {
      const own = ranges.filter(({ retentionClass }) => retentionClass === retentionClasses[number]);
      return own.length === 0 ? tree.nodes : tree.puncture([...own, ...own.map(toBlocks)]).nodes;
    });
    return new PayloadKeys(nodes);
  }

  /** Of the values of what was said in a block of records; undefined when nobody can read any of these records. */
  deriveIndexKey(block: number): Uint8Array | undefined {
    const leaf = this.#trees[retentionClasses.indexOf('content')]?.derive(firstBlockLeaf + block);
    return leaf && deriveIndexKey(leaf);
  }

  /** For a record that is written now: what its commitment and its seal are made with. */
  take(place: PayloadPlace, kind: string): PayloadSeal {
    const number = numberOf(kind);
    const leaf = this.#trees[number]?.derive(place.seq);
    // Without a key of its own nothing may be written: a place is punctured only after it was used.
    if (leaf === undefined) throw new Error(`there is no key for record ${place.seq}`);
    const secrets = deriveLeafSecrets(leaf, place.id);
    return {
      salt: secrets.salt,
      seal: (payload, salt) => sealPayload(secrets, place, number, payload, salt),
    };
  }

  /** What the sealed bytes say of their class is not asked: one of another class, whose key is gone, would pass for erased. */
  open({ kind, sealed, ...place }: StoredPayload): ReadPayload {
    const number = numberOf(kind);
    const leaf = this.#trees[number]?.derive(place.seq);
    if (leaf === undefined) return 'erased';
    const opening = sealed === null ? undefined : openPayload(leaf, place, number, sealed);
    return opening === undefined ? 'damaged' : { opening };
  }
}

/** The leaves of the blocks that lie whole in a range. */
function toBlocks({ from, to }: LeafRange): LeafRange {
  const [first, end] = [Math.ceil(from / recordsPerBlock), Math.floor(to / recordsPerBlock)];
  return { from: firstBlockLeaf + first, to: firstBlockLeaf + end };
}

function numberOf(kind: string): number {
  return retentionClasses.indexOf(retentionClassOf(kind));
}
