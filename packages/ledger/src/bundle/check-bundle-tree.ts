import { type Checkpoint, parseCheckpoint } from '../checkpoint.ts';
import { encodeEntry } from '../entry.ts';
import { verifyConsistency, verifyInclusion } from '../merkle-proof.ts';
import { type ParsedNote, parseNote, verifyNote } from '../note.ts';
import { judgeWitnesses, type WitnessPolicy } from '../proof/verify-checkpoint.ts';
import { hashLeaf } from '../tree-hash.ts';
import { parseVerifierKey, type VerifierKey } from '../verifier-key.ts';
import type { BundleFindings } from './bundle-findings.ts';
import type { BundleCheckpoint, BundleHeader, BundleRecord } from './bundle-format.ts';
import type { BundleReport } from './bundle-report.ts';

/** The signed tree that all records of a bundle have to be in. */
export class BundleTree {
  readonly #findings: BundleFindings;
  readonly #key: VerifierKey | undefined;
  readonly #origin: string;
  readonly #hashes: Uint8Array[] = [];
  readonly #used = new Set<number>();
  #checkpoint: Checkpoint | undefined;
  #witnessed: { readonly note: ParsedNote; readonly checkpoint: Checkpoint } | undefined;
  /** Whether there was a checkpoint at all, good or not. */
  isSigned = false;

  constructor(findings: BundleFindings, { origin, vkey }: BundleHeader, given: string | undefined) {
    this.#findings = findings;
    this.#origin = origin;
    const key = parseVerifierKey(given ?? vkey);
    if (key === undefined) findings.add('key.invalid', 'the verifier key is malformed');
    else if (key.name !== origin) findings.add('key.invalid', 'the key is named for another log');
    else this.#key = key;
  }

  /** Leaves of the signed tree; null without a good checkpoint. */
  get size(): number | null {
    return this.#checkpoint?.size ?? null;
  }

  readCheckpoint({ checkpoint, witnessed }: BundleCheckpoint): void {
    this.isSigned = true;
    const newest = this.#open(checkpoint, 'the checkpoint');
    this.#checkpoint = newest?.checkpoint;
    this.#witnessed = witnessed === null ? newest : this.#open(witnessed.checkpoint, 'what was witnessed');
    const later = this.#checkpoint;
    if (witnessed === null || this.#witnessed === undefined || later === undefined) return;
    const { size, root } = this.#witnessed.checkpoint;
    if (!verifyConsistency(size, root, later.size, later.root, witnessed.consistency))
      this.#findings.add(
        'checkpoint.not_consistent',
        'what was witnessed is not the start of the signed tree',
      );
  }

  readHashes(hashes: readonly Uint8Array[]): void {
    this.#hashes.push(...hashes);
  }

  readRecord({ entry, proof }: BundleRecord): void {
    const path: Uint8Array[] = [];
    for (const step of proof) {
      const hash = this.#hashes[step];
      if (hash === undefined) break;
      this.#used.add(step);
      path.push(hash);
    }
    const tree = this.#checkpoint;
    // Without a good checkpoint nothing can be proven, which was reported.
    if (tree === undefined) return;
    const isWhole = path.length === proof.length;
    if (!isWhole || !verifyInclusion(hashLeaf(encodeEntry(entry)), entry.seq, tree.size, path, tree.root))
      this.#findings.add('record.not_proven', 'it is not in the signed tree', entry.id);
  }

  /** Which of the trusted witnesses cosigned a tree that holds the records before this `seq`. */
  judgeWitnesses(policy: WitnessPolicy, end: number): BundleReport['cosigned'] {
    if (policy.witnesses === undefined || policy.witnesses.length === 0 || this.#witnessed === undefined)
      return [];
    const { checkpoint, note } = this.#witnessed;
    const { finding, cosigned } = judgeWitnesses(note, policy);
    if (finding === 'key_invalid') this.#findings.add('key.invalid', 'the key of a witness is malformed');
    else if (finding === 'bad_cosignature')
      this.#findings.add('checkpoint.bad_cosignature', 'a cosignature was not made by its witness');
    else if (finding === 'not_witnessed')
      this.#findings.add('checkpoint.not_witnessed', `${cosigned.length} of the witnesses cosigned it`);
    else if (checkpoint.size < end)
      this.#findings.add(
        'checkpoint.not_witnessed',
        `the witnesses have seen ${checkpoint.size} records, and there are later ones here`,
      );
    return cosigned;
  }

  finish(): void {
    if (this.#used.size !== this.#hashes.length)
      this.#findings.add('line.unexpected', 'there are hashes that no proof has');
  }

  #open(
    text: string,
    what: string,
  ): { readonly note: ParsedNote; readonly checkpoint: Checkpoint } | undefined {
    const note = parseNote(text);
    const checkpoint = note && parseCheckpoint(note.text);
    if (note === undefined || checkpoint === undefined || checkpoint.origin !== this.#origin) {
      this.#findings.add('checkpoint.malformed', `${what} is not one of this log`);
      return undefined;
    }
    // Without a usable key nothing can be checked, which `key.invalid` has reported.
    if (this.#key !== undefined && verifyNote(note, this.#key) !== 'verified') {
      this.#findings.add('checkpoint.bad_signature', `${what} is not signed by ${this.#key.name}`);
      return undefined;
    }
    return { note, checkpoint };
  }
}
