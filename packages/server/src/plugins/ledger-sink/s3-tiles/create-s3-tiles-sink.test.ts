import { createHash } from 'node:crypto';
import {
  formatTilePath,
  hashLeaf,
  MerkleFrontier,
  parseCheckpoint,
  parseNote,
  parseVerifierKey,
  verifyNote,
} from '@countersign/ledger';
import { type FakeS3, startFakeS3 } from '@countersign/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogReader } from '../../../ledger/index.ts';
import { makeTestRecord, openTestStore, type TestStore } from '../../database/open-test-store.ts';
import { makeBatch, makeSinkRecord, testLedgerSink } from '../ledger-sink.contract.ts';
import type { LedgerSink } from '../ledger-sink.ts';
import type { LogReader } from '../log-reader.ts';
import { createS3TilesSink, type S3TilesParts } from './create-s3-tiles-sink.ts';
import { listFullTiles, listPartialTiles } from './list-tiles.ts';

let store: TestStore;
let s3: FakeS3;
const sinks: LedgerSink[] = [];
beforeEach(async () => {
  store = await openTestStore();
  s3 = await startFakeS3();
});
afterEach(async () => {
  for (const sink of sinks.splice(0)) await sink.close();
  await s3.close();
  await store.remove();
});

function open(over: Partial<S3TilesParts> = {}, at: FakeS3 = s3, log?: LogReader): LedgerSink {
  const sink = createS3TilesSink({
    ...{ name: 'tiles', url: at.url, region: at.region, prefix: 'a/b/', allowPrivate: true },
    ...{
      publishMilliseconds: 60_000,
      readKeys: async () => at.keys,
      log: log ?? createLogReader(store.store),
    },
    ...over,
  });
  sinks.push(sink);
  return sink;
}

async function grow(count: number, from = 0): Promise<void> {
  for (let first = from; first < from + count; first += 500) {
    const size = Math.min(500, from + count - first);
    await store.store.append(Array.from({ length: size }, (_, index) => makeTestRecord(first + index)));
  }
}

/** Of a log that the tiles of a bucket make. */
function readLog(prefix = 'a/b/') {
  const read = (name: string): Buffer => s3.objects.get(prefix + name) ?? Buffer.alloc(0);
  const note = parseNote(read('checkpoint').toString('utf8'));
  const checkpoint = note && parseCheckpoint(note.text);
  if (note === undefined || checkpoint === undefined) throw new Error('no checkpoint');
  const tree = new MerkleFrontier();
  const entries: string[] = [];
  for (let first = 0; first < checkpoint.size; first += 256) {
    const tile = { level: 0, index: first / 256, width: Math.min(256, checkpoint.size - first) };
    const hashes = read(formatTilePath(tile));
    const bundle = read(formatTilePath({ ...tile, level: 'entries' }));
    expect(hashes.length).toBe(tile.width * 32);
    for (let at = 0; at < bundle.length; ) {
      const end = at + 2 + bundle.readUInt16BE(at);
      entries.push(bundle.subarray(at + 2, end).toString('utf8'));
      at = end;
    }
    for (let at = 0; at < hashes.length; at += 32) tree.append(hashes.subarray(at, at + 32));
  }
  return { note, checkpoint, entries, root: tree.root() };
}

describe('the contract', () =>
  testLedgerSink(async () => {
    const log: LogReader = {
      ...createLogReader(store.store),
      // The contract's records are in no ledger.
      checkpoint: async () => ({ size: 1_000_000, note: '' }),
    };
    const sink = open({}, s3, log);
    return {
      ...{ sink, keeps: 'each-once', believes: [], close: async () => {}, setMischief: s3.setMischief },
      show: async () =>
        [...s3.objects]
          .filter(([name]) => name.startsWith('a/b/records/'))
          .flatMap(([, body]) => body.toString('utf8').split('\n').slice(0, -1))
          .map((text) => ({ id: JSON.parse(text).id, text })),
    };
  }));

describe('tiles', () => {
  it('are listed and named as C2SP says', () => {
    expect(listFullTiles(0, 70_000).filter(({ level }) => level > 0)).toHaveLength(1);
    expect(listFullTiles(255, 256)).toEqual([{ level: 0, index: 0, width: 256 }]);
    expect(listFullTiles(256, 511)).toEqual([]);
    expect(listPartialTiles(70_000)).toEqual([
      { level: 0, index: 273, width: 112 },
      { level: 1, index: 1, width: 17 },
      { level: 2, index: 0, width: 1 },
    ]);
  });

  it('make the log that the checkpoint beside them signs', async () => {
    await grow(700);
    const sink = open();
    for (const [from, to] of [
      [0, 256],
      [256, 512],
      [512, 700],
    ] as const)
      expect(await sink.deliver(makeBatch(from, to - from))).toEqual({ outcome: 'delivered' });
    const { note, checkpoint, entries, root } = readLog();
    const vkey = parseVerifierKey(store.store.ledger.vkey);
    expect(vkey && verifyNote(note, vkey)).toBe('verified');
    expect(checkpoint.size).toBe(700);
    expect(Buffer.from(root)).toEqual(Buffer.from(checkpoint.root));
    const tree = new MerkleFrontier();
    for (const entry of entries) tree.append(hashLeaf(Buffer.from(entry, 'utf8')));
    expect(Buffer.from(tree.root())).toEqual(Buffer.from(checkpoint.root));
    expect(s3.writes.length).toBe(new Set(s3.writes).size);
  });

  it('have a checkpoint over the newest record, though nothing comes after it and one was made just now', async () => {
    const sink = open();
    await grow(256);
    await sink.deliver(makeBatch(0, 256));
    await grow(256, 256);
    await sink.deliver(makeBatch(256, 256));
    expect(readLog().checkpoint.size).toBe(512);
  });

  it('are written once, whoever writes them again after a crash', async () => {
    await grow(300);
    await open().deliver(makeBatch(0, 256));
    const before = new Map(s3.objects);
    const again = open();
    expect(await again.deliver(makeBatch(0, 256, { isRepeat: true }))).toEqual({ outcome: 'delivered' });
    expect(await again.deliver(makeBatch(256, 44))).toEqual({ outcome: 'delivered' });
    for (const [name, body] of before) expect(s3.objects.get(name)).toEqual(body);
    expect(s3.writes.filter((name) => name !== 'a/b/checkpoint').length).toBe(
      new Set(s3.writes.filter((name) => name !== 'a/b/checkpoint')).size,
    );
  });

  it('are not written over what somebody put in their place, and that is said', async () => {
    await grow(300);
    s3.objects.set('a/b/tile/entries/000', Buffer.from('forged'));
    expect(await open().deliver(makeBatch(0, 256))).toEqual({
      outcome: 'failed',
      why: 'the bucket holds something else as tile/entries/000',
    });
    expect(s3.objects.get('a/b/tile/entries/000')?.toString()).toBe('forged');
  });

  it('show a ledger that was rolled back, and one that is another', async () => {
    await grow(20);
    await open().deliver(makeBatch(0, 20));
    const other = await openTestStore();
    await other.store.append([makeTestRecord(0)]);
    const rolled = open({}, s3, createLogReader(other.store));
    expect(await rolled.deliver(makeBatch(0, 1))).toMatchObject({ outcome: 'failed' });
    expect(readLog().checkpoint.size).toBe(20);
    await other.remove();
  });

  it('show a fork of the same log, of the same size and of a larger one', async () => {
    await grow(20);
    await open().deliver(makeBatch(0, 20));
    const { note } = await store.store.checkpoint();
    const published = s3.objects.get('a/b/checkpoint');
    const forked = await openTestStore();
    await forked.store.append(Array.from({ length: 30 }, (_, index) => makeTestRecord(1000 + index)));
    const ours = createLogReader(store.store);
    for (const size of [20, 30]) {
      const log: LogReader = {
        ...{ ...createLogReader(forked.store), vkey: ours.vkey, size: async () => size },
        checkpoint: async () => ({ size, note }),
      };
      for (const name of [...s3.objects.keys()]) if (name !== 'a/b/checkpoint') s3.objects.delete(name);
      const outcome = await open({}, s3, log).deliver(makeBatch(0, 20));
      expect(outcome).toMatchObject({
        outcome: 'failed',
        why: expect.stringContaining('rolled back or forked'),
      });
      expect(s3.objects.get('a/b/checkpoint')).toEqual(published);
    }
    await forked.remove();
  });

  it('show a roll-back of the same log', async () => {
    await grow(20);
    await open().deliver(makeBatch(0, 20));
    const { note } = await store.store.checkpoint();
    const log: LogReader = {
      ...{ ...createLogReader(store.store), size: async () => 10 },
      checkpoint: async () => ({ size: 10, note }),
    };
    expect(await open({}, s3, log).deliver(makeBatch(0, 10))).toMatchObject({
      why: expect.stringContaining('rolled back or forked'),
    });
  });

  it('believe no checkpoint that this ledger did not sign, and go on once it is gone', async () => {
    await grow(20);
    await open().deliver(makeBatch(0, 20));
    const published = s3.objects.get('a/b/checkpoint') ?? Buffer.alloc(0);
    const [origin = '', , root = ''] = published.toString('utf8').split('\n');
    const signature = published.toString('utf8').split('\n\n')[1] ?? '';
    const huge = `${origin}\n${2 ** 50}\n${root}\n\n`;
    const forged = 'the checkpoint in the bucket is not signed by this ledger';
    for (const [text, why] of [
      ['garbage', 'what the bucket has as its checkpoint is none'],
      [huge + signature, forged],
      [huge + signature.replace(origin, 'else.example'), forged],
      [
        published.toString('utf8').replaceAll(origin, 'else.example'),
        'the bucket has the checkpoint of another log',
      ],
    ] as const) {
      s3.objects.set('a/b/checkpoint', Buffer.from(text));
      expect(await open().deliver(makeBatch(0, 20))).toEqual({ outcome: 'failed', why });
    }
    s3.objects.delete('a/b/checkpoint');
    expect(await open().deliver(makeBatch(0, 20))).toEqual({ outcome: 'delivered' });
    expect(readLog().checkpoint.size).toBe(20);
  });

  it('take no records for kept that are not, and keep those beside what stands there', async () => {
    await grow(2);
    const name = 'a/b/records/000000000000-000000000002.jsonl';
    const batch = makeBatch(0, 2);
    const [first, second] = batch.records.map((record) => `${JSON.stringify(record)}\n`);
    const wanted = Buffer.from(`${first}${second}`);
    const beside = `a/b/records/000000000000-000000000002-${createHash('sha256').update(wanted).digest('hex')}.jsonl`;
    for (const text of [
      '',
      'garbage',
      first,
      `${second}${first}`,
      `${first}${first}`,
      `${first}${second}x`,
    ]) {
      s3.objects.set(name, Buffer.from(text ?? ''));
      expect(await open().deliver(batch)).toEqual({ outcome: 'delivered' });
      expect(s3.objects.get(name)?.toString()).toBe(text);
      expect(s3.objects.get(beside)).toEqual(wanted);
      s3.objects.delete(beside);
    }
    s3.objects.set(name, wanted);
    expect(await open().deliver(batch)).toEqual({ outcome: 'delivered' });
    const erased = makeSinkRecord(0, { erased: true, withheld: false });
    const records = [erased, ...batch.records.slice(1)];
    expect(await open().deliver({ ...batch, records })).toEqual({ outcome: 'delivered' });
    expect(s3.objects.get(name)).toEqual(wanted);
    expect(s3.objects.has(beside)).toBe(false);
  });

  it('reach a bucket by signed requests alone', async () => {
    await grow(2);
    const readKeys = async () => ({ ...s3.keys, secretAccessKey: 'another' });
    expect(await open({ readKeys }).deliver(makeBatch(0, 2))).toEqual({
      outcome: 'failed',
      why: 'the answer was 403',
    });
    const region = 'elsewhere-1';
    expect(await open({ region }).deliver(makeBatch(0, 2))).toMatchObject({ outcome: 'failed' });
    expect(s3.objects.size).toBe(0);
  });

  it('have no payload in them: of a record only its commitment', async () => {
    const record = makeSinkRecord(0, { body: { secret: 'only-in-the-payload' } });
    await grow(1);
    await open().deliver(makeBatch(0, 1, { records: [record] }));
    for (const [name, body] of s3.objects)
      expect(body.includes('only-in-the-payload')).toBe(name.startsWith('a/b/records/'));
  });
});
