import { encodeEntry, type FindingCode, formatExportRecord, hashLeaf } from '@countersign/ledger';
import { type Ledger, makeRecord } from './make-ledger.ts';
import type { Random } from './random.ts';

export const forgeryKinds = [
  'bit',
  'removal',
  'insertion',
  'swap',
  'reordering',
  'truncation',
  'fork',
] as const;
export type ForgeryKind = (typeof forgeryKinds)[number];

/** The stretch of an export that is judged: all of it, or what is around the change. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** What somebody made of a stretch of the ledger. */
export interface Forgery {
  readonly from: number;
  readonly to: number;
  /** The records' part of the export. */
  readonly body: Buffer;
  /** The checkpoint at its end, if the forger signed another. */
  readonly checkpoint?: string;
  /** What the verifier kept from earlier, apart from the log. */
  readonly known?: string;
  /** One of these has to be found, about this record; null where it is about the log. */
  readonly named: readonly FindingCode[];
  readonly seq: number | null;
}

const mostAround = 24;

/** One random change of this kind. `isWhole` judges it on the whole ledger. */
export function forge(kind: ForgeryKind, ledger: Ledger, random: Random, isWhole: boolean): Forgery {
  switch (kind) {
    case 'bit':
      return flipBit(ledger, random, isWhole);
    case 'removal':
      return remove(ledger, random, isWhole);
    case 'insertion':
      return insert(ledger, random, isWhole);
    case 'swap':
      return swap(ledger, random, isWhole);
    case 'reordering':
      return reorder(ledger, random, isWhole);
    case 'truncation':
      return truncate(ledger, random, isWhole);
    case 'fork':
      return fork(ledger, random, isWhole);
  }
}

function around(
  { size }: Ledger,
  random: Random,
  [first, last]: readonly [number, number],
  isWhole: boolean,
): Stretch {
  if (isWhole) return { from: 0, to: size };
  const from = Math.max(0, first - random.below(mostAround));
  return { from, to: Math.min(size, last + 1 + random.below(mostAround)) };
}

const write = (lines: readonly string[]) => Buffer.from(lines.map((line) => `${line}\n`).join(''));

function flipBit(ledger: Ledger, random: Random, isWhole: boolean): Forgery {
  const seq = random.below(ledger.size);
  const stretch = around(ledger, random, [seq, seq], isWhole);
  const lines = ledger.lines.slice(stretch.from, stretch.to);
  const body = write(lines);
  const start = Buffer.byteLength(
    lines
      .slice(0, seq - stretch.from)
      .map((line) => `${line}\n`)
      .join(''),
  );
  const line = lines[seq - stretch.from] ?? '';
  const at = random.below(Buffer.byteLength(line));
  body[start + at] = (body[start + at] ?? 0) ^ (1 << random.below(8));
  const changed = body.subarray(start, start + Buffer.byteLength(line));
  return { ...stretch, body, ...nameChange(line, changed, seq) };
}

/** What a change of one line is, told without the verifier: by what JSON makes of it. */
function nameChange(line: string, changed: Buffer, seq: number): Pick<Forgery, 'named' | 'seq'> {
  const [before, after] = [readJson(Buffer.from(line)), readJson(changed)];
  const gone = { named: ['record.missing'] as const, seq };
  if (before === undefined || after === undefined) return gone;
  const { entry: was, payload, salt } = before;
  if (JSON.stringify(after.entry) === JSON.stringify(was)) {
    const isOpened = JSON.stringify([after.payload, after.salt]) !== JSON.stringify([payload, salt]);
    // A salt or an opening that is no longer one makes the line unreadable, so that the record is not there.
    return isOpened ? { named: ['record.changed', 'record.missing'], seq } : gone;
  }
  // What is public is the leaf: the tree is another, or the line stands for no record at all.
  return { named: ['tree.mismatch', 'record.missing'], seq: null };
}

function readJson(bytes: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function remove(ledger: Ledger, random: Random, isWhole: boolean): Forgery {
  const seq = random.below(ledger.size);
  const stretch = around(ledger, random, [seq, seq], isWhole);
  const lines = ledger.lines.slice(stretch.from, stretch.to);
  return { ...stretch, body: write(lines.toSpliced(seq - stretch.from, 1)), named: ['record.missing'], seq };
}

/** Another record with the place of one, a copy of one, or a new one that moves all that follow. */
function insert(ledger: Ledger, random: Random, isWhole: boolean): Forgery {
  const seq = random.below(ledger.size);
  const stretch = around(ledger, random, [seq, seq], isWhole);
  const lines = ledger.lines.slice(stretch.from, stretch.to);
  const at = seq - stretch.from;
  const forged = makeRecord(
    seq,
    random,
    `rec_${'F'.repeat(20)}${String(random.below(1e6)).padStart(6, '0')}`,
  );
  const way = random.below(3);
  if (way === 0) {
    const where = Math.min(lines.length, at + 1 + random.below(mostAround));
    return {
      ...stretch,
      body: write(lines.toSpliced(where, 0, lines[at] ?? '')),
      named: ['record.duplicated'],
      seq,
    };
  }
  const line = formatExportRecord(forged);
  if (way === 1)
    return { ...stretch, body: write(lines.toSpliced(at, 0, line)), named: ['record.inserted'], seq };
  const moved = ledger.records
    .slice(seq, stretch.to)
    .map(({ entry, opening }) => formatExportRecord({ entry: { ...entry, seq: entry.seq + 1 }, opening }));
  const body = write([...lines.slice(0, at), line, ...moved]);
  return { ...stretch, body, named: ['record.inserted'], seq: stretch.to };
}

function swap(ledger: Ledger, random: Random, isWhole: boolean): Forgery {
  const first = random.below(ledger.size - 1);
  const reach = isWhole ? ledger.size - first - 1 : Math.min(mostAround, ledger.size - first - 1);
  const second = first + 1 + random.below(reach);
  const stretch = around(ledger, random, [first, second], isWhole);
  const lines = ledger.lines.slice(stretch.from, stretch.to);
  const [one, other] = [lines[first - stretch.from] ?? '', lines[second - stretch.from] ?? ''];
  const swapped = lines.with(first - stretch.from, other).with(second - stretch.from, one);
  return { ...stretch, body: write(swapped), named: ['record.reordered'], seq: first };
}

function reorder(ledger: Ledger, random: Random, isWhole: boolean): Forgery {
  const count = 3 + random.below(mostAround);
  const first = random.below(ledger.size - count);
  const stretch = around(ledger, random, [first, first + count - 1], isWhole);
  const lines = ledger.lines.slice(stretch.from, stretch.to);
  const start = first - stretch.from;
  const part = lines.slice(start, start + count);
  let shuffled = random.shuffle(part);
  while (shuffled.every((line, at) => line === part[at])) shuffled = random.shuffle(part);
  const body = write([...lines.slice(0, start), ...shuffled, ...lines.slice(start + count)]);
  return { ...stretch, body, named: ['record.reordered'], seq: null };
}

/** The end is cut off, and the shorter log signed anew with its own key. */
function truncate(ledger: Ledger, random: Random, isWhole: boolean): Forgery {
  const to = random.below(ledger.size);
  const from = isWhole ? 0 : Math.max(0, to - random.below(mostAround));
  const known = ledger.frontierAt(to + 1 + random.below(ledger.size - to));
  return {
    ...{ from, to, named: ['ledger.truncated'], seq: null },
    body: write(ledger.lines.slice(from, to)),
    checkpoint: ledger.sign(ledger.frontierAt(to)),
    known: ledger.sign(known),
  };
}

/** A record is another one, with all that belongs to it, and the log signed anew with its own key. */
function fork(ledger: Ledger, random: Random, isWhole: boolean): Forgery {
  const seq = random.below(ledger.size);
  const { from, to } = around(ledger, random, [seq, seq], isWhole);
  const forged = makeRecord(seq, random);
  const tree = ledger.frontierAt(seq);
  tree.append(hashLeaf(encodeEntry(forged.entry)));
  for (const leaf of ledger.leaves.slice(seq + 1, to)) tree.append(leaf);
  const lines = ledger.lines.slice(from, to).with(seq - from, formatExportRecord(forged));
  const known = seq + 1 + random.below(to - seq);
  return {
    ...{ from, to, named: ['checkpoint.contradicted'], seq: null },
    body: write(lines),
    checkpoint: ledger.sign(tree),
    known: ledger.sign(ledger.frontierAt(known)),
  };
}
