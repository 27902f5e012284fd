import type { StoredCheckpoint } from './database.ts';
import { firstNodeOf, firstSeqOf, nameIndex, streamSpan } from './ledger-streams.ts';
import type { SqlValue } from './messages.ts';
import type { CollectedPages } from './page-collector.ts';
import type { TreeRows } from './read-tree.ts';
import { writeSeqs } from './seq-list.ts';
import type { ValuePage } from './value-pages.ts';

/** Runs one portable statement, its parameters written as `?`, in the open transaction or alone. */
export type RunStatement = (
  sql: string,
  ...parameters: readonly SqlValue[]
) => Promise<readonly Record<string, SqlValue>[]>;

/** What the tree of a stream is made of; `first` and `end` count from where the stream begins. */
export function readTreeRows(run: RunStatement, stream: number): TreeRows {
  const base = firstSeqOf(stream);
  return {
    readEntries: async (first, end) => {
      const rows = await run(
        'SELECT entry FROM ledger_entries WHERE seq >= ? AND seq < ? ORDER BY seq',
        base + first,
        base + end,
      );
      return rows.map(({ entry }) => String(entry));
    },
    readNodes: async (level, first, end) => {
      const text =
        'SELECT hash FROM ledger_nodes WHERE level = ? AND position >= ? AND position < ? ORDER BY position';
      const nodes = firstNodeOf(stream, level);
      const rows = await run(text, level, nodes + first, nodes + end);
      return rows.map(({ hash }) => (hash instanceof Uint8Array ? hash : new Uint8Array(0)));
    },
  };
}

export async function findNewestRecord(
  run: RunStatement,
  stream: number,
): Promise<{ readonly seq: number; readonly at: number } | undefined> {
  const [row] = await run(
    'SELECT seq, at FROM ledger_entries WHERE seq >= ? AND seq < ? ORDER BY seq DESC LIMIT 1',
    firstSeqOf(stream),
    firstSeqOf(stream) + streamSpan,
  );
  return row && { seq: Number(row.seq), at: Number(row.at) };
}

export async function findNewestCheckpoint(
  run: RunStatement,
  stream: number,
): Promise<StoredCheckpoint | undefined> {
  const base = firstSeqOf(stream);
  const [row] = await run(
    'SELECT size, note, at FROM ledger_checkpoints WHERE size >= ? AND size < ? ORDER BY size DESC LIMIT 1',
    base,
    base + streamSpan,
  );
  return row && { size: Number(row.size) - base, note: String(row.note), at: Number(row.at) };
}

export async function insertCheckpoint(
  run: RunStatement,
  stream: number,
  { size, note, at }: StoredCheckpoint,
  root: Uint8Array,
): Promise<void> {
  await run(
    'INSERT INTO ledger_checkpoints (size, root, note, at) VALUES (?, ?, ?, ?)',
    firstSeqOf(stream) + size,
    root,
    note,
    at,
  );
}

const pagesAtOnce = 100;

/** Rows of hidden values, in the order of the table. Those that are there already say the same. */
export async function insertValuePages(run: RunStatement, pages: readonly ValuePage[]): Promise<void> {
  for (let from = 0; from < pages.length; from += pagesAtOnce) {
    const some = pages.slice(from, from + pagesAtOnce);
    await run(
      `INSERT INTO ledger_value_pages (block, term, first_seq, seqs) VALUES ${some.map(() => '(?, ?, ?, ?)').join(', ')}
      ON CONFLICT (block, term, first_seq) DO UPDATE SET seqs = excluded.seqs`,
      ...some.flatMap(({ block, term, firstSeq, seqs }) => [block, term, firstSeq, seqs]),
    );
  }
}

/** A page that is there already belongs to an attempt of which nobody knew whether it succeeded. */
export async function insertTermPages(
  run: RunStatement,
  stream: number,
  { terms, end }: Pick<CollectedPages, 'terms' | 'end'>,
): Promise<void> {
  for (let from = 0; from < terms.length; from += pagesAtOnce) {
    const some = terms.slice(from, from + pagesAtOnce);
    await run(
      `INSERT INTO ledger_term_pages (term, first_seq, last_seq, seqs) VALUES ${some.map(() => '(?, ?, ?, ?)').join(', ')}
      ON CONFLICT (term, first_seq) DO UPDATE SET last_seq = excluded.last_seq, seqs = excluded.seqs`,
      ...some.flatMap(([term, seqs]) => [term, seqs[0] ?? 0, seqs.at(-1) ?? 0, writeSeqs(seqs)]),
    );
  }
  await run(
    `INSERT INTO ledger_index (name, indexed) VALUES (?, ?)
    ON CONFLICT (name) DO UPDATE SET indexed = excluded.indexed`,
    nameIndex(stream),
    end,
  );
}
