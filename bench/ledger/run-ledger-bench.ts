import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '@countersign/testkit';
import type { BenchOptions, BenchReport } from '../main.ts';
import { median } from '../statistics.ts';
import { countCalls, makeCall, recordsPerCall } from './make-records.ts';
import { measureReads, type ReadFigures } from './measure-reads.ts';
import { measureRaw, measureStore, openRawPostgres, openRawSqlite } from './measure-writes.ts';
import { type BenchStore, openBenchStore } from './open-bench-store.ts';

const callsAtOnce = 2_000;
const progressMilliseconds = 15_000;
const megabyte = 2 ** 20;

/**
 * Durable records a second against the same engine writing rows of the same size and nothing else, in turn; then what
 * walking, searching and proving take in a ledger that grows from one size to the next.
 */
export async function runLedgerBench({
  rounds,
  progress,
  records = '1e5,1e6',
}: BenchOptions): Promise<BenchReport> {
  const sizes = readSizes(records);
  const place = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  try {
    const writes = await compareWrites(place, { rounds, progress });
    const reads = await growAndRead(place, sizes, progress);
    return {
      figures: { ...writes, ...reads },
      notes: [
        `writes: ${rounds} rounds, medians, in turn with raw commits of 1,024 rows; fsync on; PostgreSQL on this machine`,
        'reads: 200 of each, one after the other, spread over the whole ledger; `search_p99_ms` is the slowest kind of search',
      ],
    };
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

function readSizes(text: string): readonly number[] {
  const sizes = text.split(',').map(Number);
  if (sizes.every((size) => Number.isInteger(size) && size >= 1_000 && size <= 1e8))
    return sizes.sort((a, b) => a - b);
  throw new Error('--records takes numbers such as 1e5,1e6');
}

async function compareWrites(place: string, { rounds, progress }: Pick<BenchOptions, 'rounds' | 'progress'>) {
  const server = await startPostgres();
  const measured = new Map<string, number[]>();
  const keep = (name: string, value: number) => {
    progress(`${name}: ${Math.round(value)}${name.startsWith('cpu') ? ' µs a record' : '/s'}`);
    measured.set(name, [...(measured.get(name) ?? []), value]);
  };
  const stores: readonly (readonly [string, BenchStore])[] = [
    ['sqlite', await openBenchStore(join(place, 'sqlite'))],
    ['postgres', await openBenchStore(join(place, 'postgres'), server.url)],
  ];
  const raw = { sqlite: openRawSqlite(place), postgres: await openRawPostgres(server.url) };
  const rowBytes = await measureRowBytes(stores[0]?.[1]);
  let call = 10_000;
  for (let round = 0; round < rounds; round += 1) {
    for (const [engine, store] of stores) {
      const { perSecond, calls, cpuPerRecord } = await measureStore(store, call);
      call += calls;
      keep(engine, perSecond);
      keep(`cpu_${engine}`, cpuPerRecord);
      keep(`raw_${engine}`, await measureRaw(engine === 'sqlite' ? raw.sqlite : raw.postgres, rowBytes));
    }
  }
  for (const [, store] of stores) await store.close();
  await raw.sqlite.close();
  await raw.postgres.close();
  await server.remove();
  const read = (name: string) => median(measured.get(name) ?? []);
  const compare = (engine: string) => Number((read(engine) / read(`raw_${engine}`)).toFixed(2));
  return {
    durable_records_per_s: { sqlite: Math.round(read('sqlite')), postgres: Math.round(read('postgres')) },
    cpu_us_per_record: { sqlite: Math.round(read('cpu_sqlite')), postgres: Math.round(read('cpu_postgres')) },
    over_raw_sqlite: compare('sqlite'),
    over_raw_postgres: compare('postgres'),
    record_bytes: rowBytes,
  };
}

/** An entry and its sealed payload: what is written of one record, its share of the tree and of the index aside. */
async function measureRowBytes(store: BenchStore | undefined): Promise<number> {
  if (store === undefined) throw new Error('there is no store');
  await store.append(Array.from({ length: 300 }, (_, number) => makeCall(number).flat()).flat());
  const rows = await store.sql
    .selectFrom('ledger_entries as entries')
    .innerJoin('ledger_payloads as payloads', 'payloads.seq', 'entries.seq')
    .select(['entries.entry', 'payloads.sealed'])
    .execute();
  return Math.round(
    rows.reduce((sum, { entry, sealed }) => sum + entry.length + sealed.length, 0) / rows.length,
  );
}

async function growAndRead(place: string, sizes: readonly number[], progress: (text: string) => void) {
  const folder = join(place, 'grown');
  const store = await openBenchStore(folder);
  const found = new Map<number, ReadFigures & { readonly rss: number; readonly disk: number }>();
  let built = 0;
  try {
    for (const size of sizes) {
      const begun = performance.now();
      const wanted = countCalls(size);
      await fill(store, { from: built, to: wanted }, progress);
      const perSecond = ((wanted - built) * recordsPerCall) / ((performance.now() - begun) / 1000);
      built = wanted;
      const rss = Math.round(process.memoryUsage.rss() / megabyte);
      progress(`${size} records: built at ${Math.round(perSecond)}/s, ${rss} MB of memory`);
      const reads = await measureReads(store, wanted);
      const disk = Math.round(statSync(join(folder, 'countersign.db')).size / megabyte);
      found.set(size, { ...reads, rss, disk });
    }
  } finally {
    await store.close();
  }
  const bySize = <T>(read: (figures: ReadFigures & { readonly rss: number; readonly disk: number }) => T) =>
    Object.fromEntries([...found].map(([size, figures]) => [size, read(figures)]));
  return {
    why_p99_ms: bySize(({ why }) => why),
    search_p99_ms: bySize(({ searches }) => Math.max(...Object.values(searches))),
    search_p99_ms_by_kind: bySize(({ searches }) => searches),
    proof_p50_ms: bySize(({ proofMedian }) => proofMedian),
    proof_p99_ms: bySize(({ proof }) => proof),
    resident_mb: bySize(({ rss }) => rss),
    disk_mb: bySize(({ disk }) => disk),
  };
}

/** The next calls are made while the last are written. */
async function fill(
  store: BenchStore,
  { from, to }: { readonly from: number; readonly to: number },
  progress: (text: string) => void,
): Promise<void> {
  let written: Promise<unknown> = Promise.resolve();
  let told = performance.now();
  for (let first = from; first < to; first += callsAtOnce) {
    const calls = Array.from({ length: Math.min(callsAtOnce, to - first) }, (_, at) => makeCall(first + at));
    await written;
    written = Promise.all(calls.map((call) => store.append(call.flat())));
    if (performance.now() - told < progressMilliseconds) continue;
    told = performance.now();
    const rss = Math.round(process.memoryUsage.rss() / megabyte);
    progress(`${first * recordsPerCall} records are there, ${rss} MB of memory`);
  }
  await written;
}
