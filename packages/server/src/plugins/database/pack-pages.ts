import type { CollectedPages, Occurrences } from './page-collector.ts';

/** Pages as one flat list each: to copy thousands of small objects to another thread takes several times as long. */
export interface PackedPages {
  readonly terms: PackedOccurrences;
  readonly values: PackedOccurrences;
  readonly end: number;
}

/** Each name, how many `seq`s follow it, and these. */
type PackedOccurrences = readonly (string | number)[];

export function packPages({ terms, values, end }: CollectedPages): PackedPages {
  return { terms: pack(terms), values: pack(values), end };
}

export function unpackPages({ terms, values, end }: PackedPages): CollectedPages {
  return { terms: unpack(terms), values: unpack(values), end };
}

function pack(all: readonly Occurrences[]): PackedOccurrences {
  const packed: (string | number)[] = [];
  for (const [name, seqs] of all) {
    packed.push(name, seqs.length);
    for (const seq of seqs) packed.push(seq);
  }
  return packed;
}

function unpack(packed: PackedOccurrences): Occurrences[] {
  const all: Occurrences[] = [];
  for (let at = 0; at < packed.length; ) {
    const [name, count] = [String(packed[at]), Number(packed[at + 1])];
    const end = at + 2 + count;
    all.push([name, packed.slice(at + 2, end).map(Number)]);
    at = end;
  }
  return all;
}
