import { generateKeyPairSync, sign } from 'node:crypto';
import { makeTestWitness } from '@countersign/testkit';
import { describe, expect, it } from 'vitest';
import { formatCheckpoint } from './checkpoint.ts';
import { commitPayload, type LedgerEntry } from './entry.ts';
import {
  type ExportRecord,
  formatExportEnd,
  formatExportHeader,
  formatExportRecord,
} from './export-format.ts';
import { IdSet } from './id-set.ts';
import { MerkleFrontier } from './merkle-frontier.ts';
import { proveConsistency } from './merkle-proof.ts';
import { type NoteSigner, signNote } from './note.ts';
import { maximumLineLength, readLines } from './read-lines.ts';
import { SequenceSet } from './sequence-set.ts';
import { hashLeaf } from './tree-hash.ts';
import { createVerifierKey, formatVerifierKey } from './verifier-key.ts';
import { type VerifyExportOptions, verifyExport } from './verify-export.ts';
import { cosignText } from './witness/cosignature.ts';
import { formatWitnessKey } from './witness/witness-key.ts';

const origin = 'example.test/ledger';

function makeSigner(name = origin): NoteSigner {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32));
  return { key: createVerifierKey(name, raw), sign: (message) => sign(null, message, privateKey) };
}

const signer = makeSigner();
const vkey = formatVerifierKey(signer.key);

function makeRecord(seq: number, changes: Partial<LedgerEntry> = {}, erased = false): ExportRecord {
  const salt = new Uint8Array(16).fill(seq);
  const payload = `{"body":{"n":${seq}},"tool":"pay"}`;
  const entry: LedgerEntry = {
    v: 1,
    stream: 'main',
    seq,
    id: `rec_${seq}`,
    at: 1_790_000_000_000 + seq,
    kind: 'action.intent',
    causes: seq > 0 ? [`rec_${seq - 1}`] : [],
    commitment: commitPayload(salt, payload),
    ...changes,
  };
  return { entry, opening: erased ? null : { payload, salt } };
}

const hashRecord = (line: string) =>
  hashLeaf(line.slice('{"entry":'.length, line.indexOf('},"payload"') + 1));

function growTree(records: readonly string[]): MerkleFrontier {
  const tree = new MerkleFrontier();
  for (const record of records) tree.append(hashRecord(record));
  return tree;
}

function signTree(records: readonly string[], by = signer): string {
  const tree = growTree(records);
  return signNote(formatCheckpoint({ origin, size: tree.size, root: tree.root() }), by);
}

interface Log {
  header: string;
  records: string[];
  end: string;
}

function makeLog(count = 10, records = Array.from({ length: count }, (_, seq) => makeRecord(seq))): Log {
  const lines = records.map(formatExportRecord);
  return {
    header: formatExportHeader({ stream: 'main', origin, vkey, from: 0, to: lines.length, frontier: [] }),
    records: lines,
    end: formatExportEnd({ checkpoint: signTree(lines), consistency: [] }),
  };
}

async function* stream(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

const toLines = (log: Log) => [log.header, ...log.records, log.end];
const verifyLines = (lines: readonly string[], options: VerifyExportOptions = { vkey }) =>
  verifyExport(stream(lines), options);

async function findIn(lines: readonly string[], options?: VerifyExportOptions): Promise<string[]> {
  const report = await verifyLines(lines, options);
  expect(report.valid).toBe(report.findings.length === 0);
  return report.findings.map(({ code, seq }) => (seq === null ? code : `${code} ${seq}`));
}

const replaceAt = (lines: readonly string[], index: number, text: (line: string) => string) =>
  lines.map((line, at) => (at === index ? text(line) : line));

describe('an honest export', () => {
  it('is valid, and says what it covers', async () => {
    const log = makeLog(10);
    const report = await verifyLines(toLines(log), { vkey, checkpoint: signTree(log.records.slice(0, 4)) });
    expect(report).toMatchObject({
      valid: true,
      stream: 'main',
      origin,
      from: 0,
      to: 10,
      size: 10,
      records: 10,
      erased: 0,
      key: 'given',
      findings: [],
      findingsLeftOut: 0,
    });
    expect((await verifyLines(toLines(log), {})).key).toBe('claimed');
  });

  it('may have erased payloads, which are counted', async () => {
    const records = Array.from({ length: 4 }, (_, seq) => makeRecord(seq, {}, seq % 2 === 0));
    expect(await verifyLines(toLines(makeLog(4, records)))).toMatchObject({ valid: true, erased: 2 });
  });

  it('may be empty', async () => {
    const log = makeLog(0);
    const known = signTree([]);
    expect(await verifyLines(toLines(log), { vkey, checkpoint: known })).toMatchObject({
      valid: true,
      size: 0,
    });
  });

  it('may be a part, tied to the whole by frontier and consistency proof', async () => {
    const { records } = makeLog(20);
    const consistency = await proveConsistency(15, 20, (level, index) =>
      growTree(records.slice(index * 2 ** level, (index + 1) * 2 ** level)).root(),
    );
    const frontier = growTree(records.slice(0, 7)).peaks;
    const header = formatExportHeader({ stream: 'main', origin, vkey, from: 7, to: 15, frontier });
    const end = formatExportEnd({ checkpoint: signTree(records), consistency });
    const part = [header, ...records.slice(7, 15), end];
    expect(await verifyLines(part)).toMatchObject({ valid: true, from: 7, to: 15, size: 20, records: 8 });
    expect(await findIn(part, { vkey, checkpoint: signTree(records.slice(0, 9)) })).toEqual([]);
    expect(await findIn(part, { vkey, checkpoint: signTree(records.slice(0, 5)) })).toEqual([
      'checkpoint.out_of_range',
    ]);
    const forged = formatExportHeader({
      stream: 'main',
      origin,
      vkey,
      from: 7,
      to: 15,
      frontier: frontier.toReversed(),
    });
    expect(await findIn([forged, ...part.slice(1)])).toEqual(['tree.mismatch']);
  });
});

describe('a tampered export', () => {
  const log = makeLog(10);
  const all = toLines(log);

  it.each<[string, string[], string[]]>([
    ['a changed payload', replaceAt(all, 4, (line) => line.replace('"n":3', '"n":4')), ['record.changed 3']],
    ['a changed salt', replaceAt(all, 4, (line) => line.replace('"AwMD', '"AwME')), ['record.changed 3']],
    ['a changed kind', replaceAt(all, 4, (line) => line.replace('intent', 'denied')), ['tree.mismatch']],
    [
      'a changed time',
      replaceAt(all, 4, (line) => line.replace('"at":1790', '"at":1791')),
      ['tree.mismatch'],
    ],
    ['a missing record', all.toSpliced(4, 1), ['cause.not_earlier 4', 'record.missing 3', 'tree.mismatch']],
    ['missing records', all.toSpliced(9, 2), ['record.missing 8', 'tree.mismatch']],
    [
      'swapped records',
      replaceAt(
        replaceAt(all, 4, () => log.records[4] ?? ''),
        5,
        () => log.records[3] ?? '',
      ),
      ['cause.not_earlier 4', 'record.reordered 3', 'tree.mismatch'],
    ],
    [
      'a repeated record',
      all.toSpliced(5, 0, log.records[3] ?? ''),
      ['record.duplicated 3', 'tree.mismatch'],
    ],
    [
      'an inserted record',
      all.toSpliced(5, 0, formatExportRecord(makeRecord(3, { id: 'rec_new' }))),
      ['record.inserted 3', 'tree.mismatch'],
    ],
    [
      'a record beyond the end',
      all.toSpliced(11, 0, formatExportRecord(makeRecord(10))),
      ['record.inserted 10', 'tree.mismatch'],
    ],
    [
      'a record of another stream',
      replaceAt(all, 4, () => formatExportRecord(makeRecord(3, { stream: 'other' }))),
      ['record.inserted 3', 'tree.mismatch'],
    ],
    ['no end', all.slice(0, -1), ['checkpoint.missing']],
    ['nothing but a header', all.slice(0, 1), ['record.missing 0', 'checkpoint.missing']],
    ['a line after the end', [...all, log.records[0] ?? ''], ['line.unexpected']],
    ['a second header', [log.header, ...all], ['line.unexpected']],
    ['no header', all.slice(1), ['header.invalid']],
    ['nothing', [], ['header.invalid']],
    ['an overlong line', all.toSpliced(4, 0, 'x'.repeat(maximumLineLength + 1)), ['line.too_long']],
    ['an overlong first line', ['x'.repeat(maximumLineLength + 1)], ['line.too_long']],
    ['text that is no JSON', all.toSpliced(4, 0, '{'), ['line.malformed']],
    ['JSON that is no object', all.toSpliced(4, 0, 'null'), ['line.malformed']],
    [
      'a checkpoint that is no note',
      all.with(11, formatExportEnd({ checkpoint: 'x', consistency: [] })),
      ['checkpoint.malformed'],
    ],
    ['an end without a proof', all.with(11, '{"checkpoint":"x"}'), ['line.malformed', 'checkpoint.missing']],
    [
      'a needless proof',
      all.with(11, formatExportEnd({ checkpoint: signTree(log.records), consistency: [new Uint8Array(32)] })),
      ['tree.mismatch'],
    ],
    [
      'a proof that is no hash',
      all.with(11, formatExportEnd({ checkpoint: signTree(log.records), consistency: [new Uint8Array(31)] })),
      ['line.malformed', 'checkpoint.missing'],
    ],
  ])('finds %s', async (_name, lines, expected) => {
    expect(await findIn(lines)).toEqual(expected);
  });

  it('finds a record with a used id under a new seq', async () => {
    const records = [makeRecord(0), makeRecord(1), makeRecord(2, { id: 'rec_1' })];
    expect(await findIn(toLines(makeLog(3, records)))).toEqual(['record.duplicated 2']);
  });

  it('finds causes that are later, unknown, or the record itself', async () => {
    const records = [makeRecord(0, { causes: ['rec_1'] }), makeRecord(1, { causes: ['rec_1', 'rec_x'] })];
    expect(await findIn(toLines(makeLog(2, records)))).toEqual([
      'cause.not_earlier 0',
      'cause.not_earlier 1',
      'cause.not_earlier 1',
    ]);
  });

  it.each([
    [
      'a repeated member, which readers may resolve differently',
      '"tool":"steal","tool":"pay"',
      '"tool":"pay"',
    ],
    ['spaces', '"tool": "pay"', '"tool":"pay"'],
    ['another escape', '"tool":"\\u0070ay"', '"tool":"pay"'],
    ['a number that reads as another', '"n":3.0', '"n":3'],
  ])('refuses a second spelling of a record: %s', async (_name, spelled, canonical) => {
    const lines = replaceAt(all, 4, (line) => line.replace(canonical, spelled));
    expect(await findIn(lines)).toContain('line.malformed');
  });

  it.each([
    ['payload without salt', (line: string) => line.replace(/"salt":"[^"]+"/, '"salt":null')],
    ['salt without payload', (line: string) => line.replace(/"payload":.*,"salt"/, '"payload":null,"salt"')],
    ['a short salt', (line: string) => line.replace(/"salt":"[^"]+"/, '"salt":"AAAA"')],
    [
      'a payload that is no object',
      (line: string) => line.replace(/"payload":.*,"salt"/, '"payload":1,"salt"'),
    ],
    ['an extra member', (line: string) => line.replace(/}$/, ',"x":1}')],
    ['an entry of another version', (line: string) => line.replace('"v":1', '"v":2')],
    [
      'a payload nested too deeply',
      (line: string) => line.replace(/"n":3/, `"n":${'['.repeat(99)}${']'.repeat(99)}`),
    ],
  ])('refuses %s', async (_name, change) => {
    expect(await findIn(replaceAt(all, 4, change))).toContain('line.malformed');
  });

  it.each([
    ['another format', log.header.replace('ledger-export', 'ledger')],
    ['another version', log.header.replace('"v":1', '"v":2')],
    ['a range that ends before it starts', log.header.replace('"from":0', '"from":11')],
    ['a frontier that does not fit', log.header.replace('"from":0', '"from":1')],
    ['a frontier that is no list', log.header.replace('[]', '"AAAA"')],
    ['a frontier with something else', log.header.replace('[]', '[1]')],
    ['a stream with a space', log.header.replace('"main"', '"ma in"')],
  ])('refuses a header with %s', async (_name, header) => {
    expect(await findIn([header, ...all.slice(1)])).toEqual(['header.invalid']);
  });

  it('finds a forged tail that renumbers everything, whoever signs it', async () => {
    const forged = makeLog(9);
    const thief = makeSigner();
    const end = formatExportEnd({ checkpoint: signTree(forged.records, thief), consistency: [] });
    const claimed = forged.header.replace(vkey, formatVerifierKey(thief.key));
    expect(await findIn([claimed, ...forged.records, end])).toEqual(['checkpoint.bad_signature']);
    expect(await verifyLines([claimed, ...forged.records, end], {})).toMatchObject({
      valid: true,
      key: 'claimed',
    });
  });

  it.each([
    ['malformed', 'nonsense'],
    ['of another log', formatVerifierKey(makeSigner('other').key)],
  ])('refuses a verifier key that is %s', async (_name, key) => {
    expect(await findIn(all, { vkey: key })).toEqual(['key.invalid']);
  });

  it('lists at most 1,000 findings and counts the rest', async () => {
    const report = await verifyLines([log.header, ...Array<string>(1500).fill('x')]);
    expect(report.findings).toHaveLength(1000);
    expect(report.findingsLeftOut).toBe(502);
  });

  it('survives an order that is broken without end', async () => {
    const lines = Array.from({ length: 10_050 }, (_, at) =>
      formatExportRecord(makeRecord(at * 2, { causes: [] })),
    );
    const header = formatExportHeader({ stream: 'main', origin, vkey, from: 0, to: 30_000, frontier: [] });
    expect((await verifyLines([header, ...lines])).valid).toBe(false);
  });
});

describe('against a checkpoint known from earlier', () => {
  const log = makeLog(10);
  const checkpoint = signTree(log.records);

  it('finds a log that was cut off and is otherwise perfect', async () => {
    const cut = toLines(makeLog(8));
    expect(await findIn(cut)).toEqual([]);
    expect(await findIn(cut, { vkey, checkpoint })).toEqual(['ledger.truncated', 'checkpoint.out_of_range']);
  });

  it('finds a log that was written anew with the right key', async () => {
    const records = Array.from({ length: 12 }, (_, seq) =>
      makeRecord(seq, seq === 5 ? { kind: 'action.denied' } : {}),
    );
    const anew = toLines(makeLog(12, records));
    expect(await findIn(anew)).toEqual([]);
    expect(await findIn(anew, { vkey, checkpoint })).toEqual(['checkpoint.contradicted']);
  });

  it.each([
    ['that is no note', 'nonsense', 'checkpoint.malformed'],
    ['of another log', checkpoint.replace(origin, 'another'), 'checkpoint.malformed'],
    ['that was changed', checkpoint.replace('\n10\n', '\n9\n'), 'checkpoint.bad_signature'],
    ['by another key', signTree(log.records, makeSigner()), 'checkpoint.bad_signature'],
  ])('refuses one %s', async (_name, known, code) => {
    expect(await findIn(toLines(log), { vkey, checkpoint: known })).toEqual([code]);
  });
});

describe('witnesses', () => {
  const log = makeLog();
  const note = signTree(log.records);
  const text = note.slice(0, note.indexOf('\n\n') + 1);
  const [one, two] = ['one', 'two'].map((name) => makeTestWitness(`witness.test/${name}`));
  if (one === undefined || two === undefined) throw new Error('no witnesses');
  const witnesses = [one, two].map(({ key }) => formatWitnessKey(key));
  const end = (checkpoint: string) => ({ ...log, end: formatExportEnd({ checkpoint, consistency: [] }) });

  it('have to have cosigned the checkpoint at the end, as many as are asked for', async () => {
    const seen = toLines(end(`${note}${cosignText(text, one, 1_790_000_000)}`));
    expect(await findIn(seen, { vkey, witnesses, quorum: 1 })).toEqual([]);
    expect(await findIn(seen, { vkey, witnesses })).toEqual(['checkpoint.not_witnessed']);
    expect(await findIn(toLines(log), { vkey, witnesses, quorum: 1 })).toEqual(['checkpoint.not_witnessed']);
    expect(await findIn(seen, { vkey, witnesses: ['x'] })).toEqual(['key.invalid']);
  });

  it('are not believed for what they cosigned of another checkpoint', async () => {
    const other = signTree(log.records.slice(0, 5));
    const replayed = cosignText(other.slice(0, other.indexOf('\n\n') + 1), one, 1_790_000_000);
    const options = { vkey, witnesses, quorum: 0 };
    expect(await findIn(toLines(end(`${note}${replayed}`)), options)).toEqual(['checkpoint.bad_cosignature']);
  });
});

describe('lines', () => {
  async function* chunk(...chunks: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
    for (const part of chunks) yield typeof part === 'string' ? Buffer.from(part) : part;
  }
  async function collect(chunks: AsyncIterable<Uint8Array>, limit?: number): Promise<string[]> {
    const lines: string[] = [];
    for await (const line of readLines(chunks, limit)) lines.push(line);
    return lines;
  }

  it.each<[string, (string | Uint8Array)[], string[]]>([
    ['several in a chunk', ['a\nb\n'], ['a', 'b']],
    ['one over several chunks', ['a', 'b', 'c\nd'], ['abc', 'd']],
    ['a character over two chunks', [Uint8Array.of(0xc3), Uint8Array.of(0xa9, 0x0a)], ['é']],
    ['empty ones', ['\n\na'], ['', '', 'a']],
    ['nothing', [], []],
    ['bytes that are not UTF-8', [Uint8Array.of(0x61, 0xff, 0x0a), 'b\n'], ['\uFFFD', 'b']],
    ['a byte order mark, which stays', ['\ufeffa\n'], ['\ufeffa']],
  ])('come out of %s', async (_name, chunks, lines) => {
    expect(await collect(chunk(...chunks))).toEqual(lines);
  });

  it('are cut over the limit, wherever the chunks end', async () => {
    expect(await collect(chunk('abcdef\nxy\n'), 3)).toEqual(['abcd', 'xy']);
    expect(await collect(chunk('ab', 'cd', 'ef', 'g\nxyz'), 3)).toEqual(['abcd', 'xyz']);
  });
});

describe('sets', () => {
  it('keeps numbers in any order as runs', () => {
    const set = new SequenceSet();
    const added = [5, 6, 7, 1, 3, 2, 2, 4, 6, 9, 8, 0, 0, 10, 12, 11].map((value) => set.add(value));
    expect(added.map((isNew) => (isNew ? 1 : 0)).join('')).toBe('1111110101110111');
    expect([...set.missing(0, 15)]).toEqual([{ start: 13, end: 15 }]);
    expect([...set.missing(3, 5)]).toEqual([]);
  });

  it('names what is missing', () => {
    const set = new SequenceSet();
    for (const value of [2, 3, 7, 20]) set.add(value);
    expect([...set.missing(0, 10)]).toEqual([
      { start: 0, end: 2 },
      { start: 4, end: 7 },
      { start: 8, end: 10 },
    ]);
  });

  it('holds more ids than one set can', () => {
    const ids = new IdSet();
    expect(['a', 'b', 'c', 'a'].map((id) => ids.add(id, 2))).toEqual([true, true, true, false]);
    expect(ids.has('c')).toBe(true);
  });
});
