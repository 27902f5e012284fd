import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  MerkleFrontier,
  parseCheckpoint,
  parseNote,
  parseVerifierKey,
  verifyNote,
} from '@countersign/ledger';
import {
  type FakeCollector,
  type FakeS3,
  type FakeSyslog,
  readOtlpLogs,
  startFakeCollector,
  startFakeS3,
  startFakeSyslog,
} from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTestRecord, openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { feedSinks } from './feed-sinks.ts';
import { listSinks } from './list-sinks.ts';
import { openTestSinks, type TestSinks } from './open-test-sinks.ts';

/** `SINK_OUTAGE_RECORDS=100000` for a busier day. */
const records = Number(process.env.SINK_OUTAGE_RECORDS ?? 7_200);
const minutes = 24 * 60;
const stepMinutes = 5;
const restartMinutes = 6 * 60;
const batch = 256;

let test: TestStore;
let folder: string;
let now = 1_800_000_000_000;
let siem: FakeCollector;
let collector: FakeCollector;
let syslog: FakeSyslog;
let s3: FakeS3;
let sending: TestSinks | undefined;
let restarts = 0;

function current(): TestSinks {
  if (sending === undefined) throw new Error('nothing was started');
  return sending;
}

/** The part of a server that sends; the one before it ends as when it is stopped. */
async function start(): Promise<void> {
  await sending?.context.sinks.close();
  if (sending !== undefined) await test.reopen();
  restarts += 1;
  sending = await openTestSinks(test.store, () => now, [
    { name: 'ocsf', kind: 'ocsf', url: siem.url, allowPrivate: true },
    { name: 'otlp', kind: 'otlp', url: collector.url, allowPrivate: true },
    {
      ...{ name: 'syslog', kind: 'syslog', host: '127.0.0.1', port: syslog.port },
      ...{ security: 'none', allowPrivate: true },
    },
    {
      ...{ name: 's3', kind: 's3-tiles', url: s3.url, region: s3.region, allowPrivate: true },
      ...{ accessKeyId: s3.keys.accessKeyId, secretAccessKeyFile: join(folder, 's3.key') },
    },
    { name: 'files', kind: 'json-lines', folder: join(folder, 'files') },
  ]);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'outage-'));
  test = await openTestStore();
  [siem, collector, syslog, s3] = await Promise.all([
    startFakeCollector('/siem'),
    startFakeCollector('/v1/logs'),
    startFakeSyslog(),
    startFakeS3(),
  ]);
  writeFileSync(join(folder, 's3.key'), s3.keys.secretAccessKey);
  await start();
}, 60_000);
afterAll(async () => {
  await current().context.sinks.close();
  await Promise.all([siem.close(), collector.close(), syslog.close(), s3.close()]);
  await test.remove();
  rmSync(folder, { recursive: true });
});

const wanted = () => Array.from({ length: records }, (_, number) => makeTestRecord(number).id);
const perMinute = records / minutes;

describe('sinks.outage: a day on which no sink takes anything', () => {
  it('passes with records all along, restarts, and nothing but a cursor to show for it', async () => {
    const mischiefs = ['down', 'busy', 'refusing', 'redirecting'] as const;
    let made = 0;
    // Where its folder should be is a file: nothing can be written there.
    writeFileSync(join(folder, 'files'), '');
    for (let minute = 0; minute < minutes; minute += stepMinutes) {
      const mischief = mischiefs[Math.floor(minute / 60) % mischiefs.length] ?? 'down';
      for (const place of [siem, collector, syslog, s3]) place.setMischief(mischief);
      const until = Math.floor((minute + stepMinutes) * perMinute);
      const some = Array.from({ length: until - made }, (_, index) =>
        makeTestRecord(made + index, { at: now, trace: 'ab'.repeat(16) }),
      );
      if (some.length > 0) await test.store.append(some);
      made = until;
      await current().feed();
      now += stepMinutes * 60_000;
      if ((minute + stepMinutes) % restartMinutes === 0) await start();
    }
    const standings = await listSinks(current().context, { kind: 'operator' });
    expect(standings).toHaveLength(5);
    for (const one of standings)
      expect(one).toMatchObject({ next: 0, behind: records, delivered: 0, lastError: expect.any(String) });
    expect(standings[0]?.behindSeconds).toBeGreaterThan(23 * 3_600);
  }, 600_000);

  it('is over once they are back: everything is there, with a restart in the middle of it', async () => {
    for (const place of [siem, collector, syslog, s3]) place.setMischief('none');
    rmSync(join(folder, 'files'));
    now += 600_000;
    await feedSinks(current().context);
    await expect.poll(() => siem.requests.length).toBeGreaterThan(1);
    await start();
    for (let round = 0; round < 40; round += 1) {
      await current().feed();
      now += 60_000;
    }
    const standings = await listSinks(current().context, { kind: 'operator' });
    for (const one of standings) expect(one).toMatchObject({ behind: 0, failingSince: null, setAside: 0 });
    expect(restarts).toBe(6);
  }, 600_000);

  const read: Readonly<Record<string, () => Promise<readonly string[]> | readonly string[]>> = {
    ocsf: () =>
      siem.requests.flatMap(({ body }) =>
        JSON.parse(body.toString('utf8')).map((event: { metadata: { uid: string } }) => event.metadata.uid),
      ),
    otlp: async () => {
      const logs = await Promise.all(
        collector.requests.map(({ body }) => readOtlpLogs(body.toString('utf8'))),
      );
      return logs.flat().map(({ attributes }) => String(attributes['log.record.uid']));
    },
    syslog: () => syslog.messages.map(({ data }) => data.id ?? ''),
    s3: () => readObjects(),
    files: () =>
      readdirSync(join(folder, 'files'))
        .toSorted()
        .flatMap((name) =>
          readFileSync(join(folder, 'files', name), 'utf8')
            .split('\n')
            .slice(0, -1),
        )
        .map((line) => JSON.parse(line).id),
  };

  it.each(Object.entries(read))(
    'has brought %s every record, and none too often',
    async (name, ids) => {
      const got = await ids();
      const counts = new Map<string, number>();
      for (const id of got) counts.set(id, (counts.get(id) ?? 0) + 1);
      expect(wanted().filter((id) => !counts.has(id))).toEqual([]);
      expect(counts.size).toBe(records);
      const again = got.length - counts.size;
      // One batch at the most for the one restart while something was under way.
      if (name === 's3' || name === 'files') expect(again).toBe(0);
      else expect(again).toBeLessThanOrEqual(batch);
      expect(Math.max(...counts.values())).toBeLessThanOrEqual(2);
    },
    120_000,
  );

  it('has left a log in the bucket that verifies from the bucket alone', () => {
    const read = (name: string): Buffer => s3.objects.get(name) ?? Buffer.alloc(0);
    const note = parseNote(read('checkpoint').toString('utf8'));
    const checkpoint = note && parseCheckpoint(note.text);
    const vkey = parseVerifierKey(test.store.ledger.vkey);
    if (note === undefined || vkey === undefined) throw new Error('no checkpoint');
    expect(verifyNote(note, vkey)).toBe('verified');
    expect(checkpoint?.size).toBe(records);
    const tree = new MerkleFrontier();
    for (let first = 0; first < records; first += 256) {
      const width = Math.min(256, records - first);
      const name = `tile/0/${String(first / 256).padStart(3, '0')}${width < 256 ? `.p/${width}` : ''}`;
      const hashes = read(name);
      expect(hashes.length).toBe(width * 32);
      for (let at = 0; at < hashes.length; at += 32) tree.append(hashes.subarray(at, at + 32));
    }
    expect(Buffer.from(tree.root())).toEqual(Buffer.from(checkpoint?.root ?? []));
  });
});

/** As the guide has it: in the order of the names, of two that begin alike the longer one. */
function readObjects(): readonly string[] {
  const longest = new Map<string, string>();
  for (const name of [...s3.objects.keys()].filter((one) => one.startsWith('records/')).toSorted())
    longest.set(name.slice(0, name.indexOf('-')), name);
  return [...longest.values()]
    .flatMap((name) => (s3.objects.get(name) ?? Buffer.alloc(0)).toString('utf8').split('\n').slice(0, -1))
    .map((line) => JSON.parse(line).id);
}
