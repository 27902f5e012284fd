import {
  equalBytes,
  firstSeqOf,
  hashLeaf,
  MerkleFrontier,
  nameStream,
  parseCheckpoint,
  parseEntry,
  parseNote,
} from '@countersign/ledger';
import type { DatabasePair } from './pair.ts';

/**
 * Keeps the tree of every stream for itself, from the entries alone: whatever was there once has to be there for ever, in
 * its place, and under every checkpoint that was signed.
 */
export class StreamWatch {
  readonly #pair: DatabasePair;
  readonly #trees = new Map<number, MerkleFrontier>();
  readonly #checked = new Map<number, number>();

  constructor(pair: DatabasePair) {
    this.#pair = pair;
  }

  get records(): number {
    return [...this.#trees.values()].reduce((sum, tree) => sum + tree.size, 0);
  }

  get streams(): number {
    return this.#trees.size;
  }

  /** What is wrong with what came since it looked last. */
  async look(): Promise<readonly string[]> {
    const broken: string[] = [];
    const streams = await this.#pair.query<{ number: string }>(
      'SELECT number FROM ledger_streams ORDER BY number',
    );
    for (const { number } of streams) broken.push(...(await this.#lookAt(Number(number))));
    return broken;
  }

  async #lookAt(stream: number): Promise<readonly string[]> {
    const broken: string[] = [];
    const tree = this.#trees.get(stream) ?? new MerkleFrontier();
    this.#trees.set(stream, tree);
    const first = firstSeqOf(stream);
    const name = nameStream(stream);
    // Read before the entries that they cover.
    const checkpoints = await this.#pair.query<{ size: string; note: string }>(
      'SELECT size, note FROM ledger_checkpoints WHERE size > $1 AND size < $2 ORDER BY size',
      [first + (this.#checked.get(stream) ?? 0), firstSeqOf(stream + 1)],
    );
    const rows = await this.#pair.query<{ seq: string; entry: string }>(
      'SELECT seq, entry FROM ledger_entries WHERE seq >= $1 AND seq < $2 ORDER BY seq',
      [first + tree.size, firstSeqOf(stream + 1)],
    );
    const roots = new Map<number, Uint8Array>([[tree.size, tree.root()]]);
    const wanted = new Set(checkpoints.map(({ size }) => Number(size) - first));
    for (const { seq, entry } of rows) {
      if (Number(seq) !== first + tree.size)
        return [`${name}: ${first + tree.size} is missing before ${seq}`];
      const parsed = parseEntry(JSON.parse(entry));
      if (parsed?.seq !== tree.size)
        broken.push(`${name}: the entry at ${tree.size} says that it is ${parsed?.seq}`);
      tree.append(hashLeaf(entry));
      if (wanted.has(tree.size)) roots.set(tree.size, tree.root());
    }
    for (const { size, note } of checkpoints) {
      const signed = parseCheckpoint(parseNote(note)?.text ?? '');
      const covered = Number(size) - first;
      const root = roots.get(covered);
      if (signed?.size !== covered || root === undefined || !equalBytes(root, signed.root))
        broken.push(`${name}: the checkpoint over ${covered} is not that of its records`);
      this.#checked.set(stream, covered);
    }
    return broken;
  }
}
