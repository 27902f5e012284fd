import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeBatch, makeSinkRecord, testLedgerSink } from '../ledger-sink.contract.ts';
import { createJsonLinesSink, type JsonLinesParts } from './create-json-lines-sink.ts';

const at = 1_800_000_000_000;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sink-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (over: Partial<JsonLinesParts> = {}) =>
  createJsonLinesSink({
    ...{ name: 'files', folder: join(folder, 'evidence'), gzip: false },
    ...{ rotateBytes: 1_000_000, rotateMilliseconds: 3_600_000 },
    ...over,
  });
const place = (name = '') => join(folder, 'evidence', name);
const names = () => readdirSync(place()).toSorted();
const readText = (name: string) =>
  name.endsWith('.gz')
    ? gunzipSync(readFileSync(place(name))).toString('utf8')
    : readFileSync(place(name), 'utf8');
const lines = () =>
  [...names().filter((name) => name.startsWith('records-')), 'records.jsonl'].flatMap((name) =>
    readText(name).split('\n').slice(0, -1),
  );
const seqs = () => lines().map((line) => JSON.parse(line).seq);

describe('the contract', () =>
  testLedgerSink(async () => {
    const sink = open();
    return {
      ...{ sink, keeps: 'each-once', believes: [], close: () => sink.close() },
      show: async () =>
        (names().length === 0 ? [] : lines()).map((text) => ({ id: JSON.parse(text).id, text })),
    };
  }));

describe('files of JSON lines', () => {
  it('are for their owner alone', async () => {
    const sink = open();
    await sink.deliver(makeBatch(0, 1));
    await sink.close();
    expect(statSync(place()).mode & 0o777).toBe(0o700);
    expect(statSync(place('records.jsonl')).mode & 0o777).toBe(0o600);
  });

  it('are closed by size, named by what they have, and never written over', async () => {
    const sink = open({ rotateBytes: 2_000 });
    for (let from = 0; from < 30; from += 3) await sink.deliver(makeBatch(from, 3));
    await sink.close();
    expect(names().length).toBeGreaterThan(3);
    expect(names()).toContain('records-000000000000-000000000005-20270115T080000Z.jsonl');
    expect(seqs()).toEqual(Array.from({ length: 30 }, (_, seq) => seq));
    // The same again, at the same moment of the clock.
    const again = open({ rotateBytes: 2_000 });
    for (let from = 0; from < 30; from += 3) await again.deliver(makeBatch(from, 3));
    await again.close();
    expect(seqs().length).toBe(60);
  });

  it('are closed by age, and not because a clock went back', async () => {
    const sink = open({ rotateMilliseconds: 1_000 });
    await sink.deliver(makeBatch(0, 1));
    await sink.deliver(makeBatch(1, 1, { at: at - 10_000_000 }));
    expect(names()).toEqual(['records.jsonl']);
    await sink.deliver(makeBatch(2, 1, { at: at + 1_000 }));
    expect(names().length).toBe(2);
    await sink.close();
  });

  it('are compressed once closed, also those that a crash left half done', async () => {
    const sink = open({ rotateBytes: 1, gzip: true });
    await sink.deliver(makeBatch(0, 2));
    await sink.deliver(makeBatch(2, 2));
    await sink.close();
    const closed = names().find((name) => name.endsWith('.gz')) ?? '';
    writeFileSync(place(closed.slice(0, -3)), readText(closed));
    writeFileSync(place('records-x.jsonl.gz.part'), 'torn');
    const next = open({ rotateBytes: 1, gzip: true });
    await next.deliver(makeBatch(4, 2));
    await next.close();
    expect(names().every((name) => name === 'records.jsonl' || name.endsWith('.jsonl.gz'))).toBe(true);
    expect(seqs()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(statSync(place(closed)).mode & 0o777).toBe(0o600);
  });

  it('have no torn line and no line twice after a crash, wherever it came', async () => {
    const sink = open();
    await sink.deliver(makeBatch(0, 3));
    await sink.close();
    const whole = readFileSync(place('records.jsonl'));
    for (let length = 0; length <= whole.length; length += 97) {
      rmSync(place(), { recursive: true });
      mkdirSync(place());
      writeFileSync(place('records.jsonl'), whole.subarray(0, length));
      const next = open();
      expect(await next.deliver(makeBatch(0, 5, { isRepeat: true }))).toEqual({ outcome: 'delivered' });
      await next.close();
      expect(seqs()).toEqual([0, 1, 2, 3, 4]);
    }
  });

  it('have no line twice after several crashes before one batch was acknowledged', async () => {
    for (const count of [3, 6, 9]) {
      const sink = open({ rotateBytes: 1 });
      await sink.deliver(makeBatch(0, count, { isRepeat: count > 3 }));
      await sink.close();
    }
    expect(seqs()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('find what they end with in files of many megabytes, with lines of others in them', async () => {
    const sink = open({ rotateBytes: 100_000_000 });
    const body = { text: 'x'.repeat(700_000) };
    for (let from = 0; from < 18; from += 1)
      await sink.deliver(makeBatch(from, 1, { records: [makeSinkRecord(from, { body })] }));
    await sink.close();
    appendFileSync(place('records.jsonl'), 'not json\n{"id":7}\n{"id":"rec_');
    const next = open({ rotateBytes: 100_000_000 });
    await next.deliver(makeBatch(17, 2, { isRepeat: true }));
    await next.close();
    const found = lines().flatMap((line) =>
      line.startsWith('{"') && line !== '{"id":7}' ? [JSON.parse(line).seq] : [],
    );
    expect(found).toEqual(Array.from({ length: 19 }, (_, seq) => seq));
  });

  it('say that the disk is full, and go on once it is not', async () => {
    mkdirSync(place());
    symlinkSync('/dev/full', place('records.jsonl'));
    const sink = open();
    expect(await sink.deliver(makeBatch(0, 2))).toEqual({ outcome: 'failed', why: 'the disk is full' });
    rmSync(place('records.jsonl'));
    expect(await sink.deliver(makeBatch(0, 2, { isRepeat: true }))).toEqual({ outcome: 'delivered' });
    await sink.close();
    expect(seqs()).toEqual([0, 1]);
  });

  it('say what is wrong with the folder, in words that name no path', async () => {
    writeFileSync(place(), 'a file');
    expect(await open().deliver(makeBatch(0, 1))).toEqual({
      outcome: 'failed',
      why: 'the file cannot be written',
    });
    expect(await open().test(makeBatch(0, 1))).toMatchObject({ outcome: 'failed' });
    rmSync(place());
    writeFileSync(place(), '');
    rmSync(place());
    const sink = open();
    expect(await sink.deliver(makeBatch(0, 1))).toEqual({ outcome: 'delivered' });
    await sink.close();
  });
});
