import { recordKinds } from '@countersign/api';
import type { Clue, ResolvedTerm } from '@countersign/core';
import { KnownReader, type PostingReader, UnionReader } from '../../plugins/database/posting-reader.ts';
import { writeTerm } from '../../plugins/database/record-terms.ts';
import { writeDigestValue } from '../../plugins/database/record-values.ts';
import { TermReader } from '../../plugins/database/term-reader.ts';
import { ValueReader } from '../../plugins/database/value-reader.ts';
import type { LedgerSource } from '../ledger-record.ts';
import { findNamed } from './find-named.ts';

/** Where in the ledger is looked: from `start` on; `newest` is the first `seq` that is not there yet. */
export interface ReadingRange {
  readonly start: number;
  readonly newest: number;
}

/** What finds all that one of the term's clues fits. */
export async function openReader(
  store: LedgerSource,
  { clues }: ResolvedTerm,
  range: ReadingRange,
): Promise<PostingReader> {
  const readers = await Promise.all(clues.map((clue) => openClue(store, clue, range)));
  const [only] = readers;
  return only !== undefined && readers.length === 1 ? only : new UnionReader(readers, range.start);
}

/** A value is found wherever it stands; where it has to stand, only the record tells. */
export function isExact({ clues }: ResolvedTerm): boolean {
  return clues.every((clue) => clue.by !== 'value' || clue.at === undefined);
}

async function openClue(store: LedgerSource, clue: Clue, range: ReadingRange): Promise<PostingReader> {
  const { sql, keyring } = store;
  const { start } = range;
  switch (clue.by) {
    case 'id': {
      const byIndex = new TermReader(sql, writeTerm('id', clue.value), start);
      if (!clue.value.startsWith('rec_')) return byIndex;
      return new UnionReader([byIndex, new KnownReader(await findNamed(store, clue.value), start)], start);
    }
    case 'kind':
      return openKinds(sql, clue.value, start);
    case 'seq':
      return new KnownReader([clue.seq], start);
    case 'value':
      return new ValueReader({ sql, keys: keyring.keys }, clue.value, range);
    case 'hash':
      return new UnionReader(
        [
          new TermReader(sql, writeTerm('policy', clue.value), start),
          new ValueReader({ sql, keys: keyring.keys }, writeDigestValue(clue.value), range),
        ],
        start,
      );
    default:
      return new TermReader(sql, writeTerm(clue.by, clue.value), start);
  }
}

function openKinds(sql: LedgerSource['sql'], kind: string, start: number): PostingReader {
  if (!kind.endsWith('*')) return new TermReader(sql, writeTerm('kind', kind), start);
  const kinds = recordKinds.filter((one) => one.startsWith(kind.slice(0, -1)));
  return new UnionReader(
    kinds.map((one) => new TermReader(sql, writeTerm('kind', one), start)),
    start,
  );
}
