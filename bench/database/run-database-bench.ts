import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LedgerRecord } from '@countersign/api';
import { createMemoryKeyring, drawRoots, openStore } from '@countersign/server/parts';
import { startPostgres, type TestPostgres } from '@countersign/testkit';
import type { BenchOptions, BenchReport } from '../main.ts';
import { median } from '../statistics.ts';

type OpenedStore = Awaited<ReturnType<typeof openStore>>;
type Engine = 'sqlite' | 'postgres';

const engines: readonly Engine[] = ['sqlite', 'postgres'];
/** How many calls wait for their record at once. */
const widths = [1, 64, 1024] as const;
const roundMilliseconds = 1500;

/**
 * How fast a decision becomes durable: two records of a call and its budgets in one write, over the real store, both
 * engines on the same disk and in turn. PostgreSQL is on this machine, so that a network comes on top.
 */
export async function runDatabaseBench({ rounds, progress }: BenchOptions): Promise<BenchReport> {
  const place = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  const server: TestPostgres = await startPostgres();
  const stores = new Map<Engine, OpenedStore>();
  const measured = new Map<string, number[]>();
  const keep = (name: string, value: number) => measured.set(name, [...(measured.get(name) ?? []), value]);
  try {
    for (const engine of engines) stores.set(engine, await open(engine, join(place, engine), server.url));
    for (let round = 0; round < rounds; round += 1) {
      for (const width of widths) {
        for (const [engine, store] of stores) {
          const { perSecond, p50 } = await measure(store, width);
          progress(`${engine}, ${width} at once: ${Math.round(perSecond)}/s`);
          keep(`${engine}_per_s_${width}`, perSecond);
          keep(`${engine}_p50_ms_${width}`, p50);
        }
      }
    }
  } finally {
    for (const store of stores.values()) await store.close();
    await server.remove();
    rmSync(place, { recursive: true });
  }
  const read = (name: string, digits: number) => Number(median(measured.get(name) ?? []).toFixed(digits));
  const byWidth = (name: (width: number) => number) => Object.fromEntries(widths.map((w) => [w, name(w)]));
  const figures = {
    ...Object.fromEntries(
      engines.flatMap((engine) => [
        [`${engine}_decisions_per_s`, byWidth((width) => read(`${engine}_per_s_${width}`, 0))],
        [`${engine}_p50_ms`, byWidth((width) => read(`${engine}_p50_ms_${width}`, 2))],
      ]),
    ),
    postgres_over_sqlite: byWidth((width) =>
      Number((read(`postgres_per_s_${width}`, 0) / read(`sqlite_per_s_${width}`, 0)).toFixed(2)),
    ),
  };
  return { figures, notes: [`two records and two budgets a decision; ${rounds} rounds, medians; fsync on`] };
}

function open(engine: Engine, folder: string, url: string): Promise<OpenedStore> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const der = new Uint8Array(privateKey.export({ format: 'der', type: 'pkcs8' }));
  const database = engine === 'sqlite' ? {} : { url };
  return openStore(
    { data: { folder }, database },
    {
      loadLedgerKey: async () => ({ origin: 'bench.test', privateKey: der }),
      openKeyring: async () => createMemoryKeyring(drawRoots(randomBytes)),
    },
  );
}

let made = 0;

async function measure(store: OpenedStore, width: number): Promise<{ perSecond: number; p50: number }> {
  const latencies: number[] = [];
  const begun = performance.now();
  const end = begun + roundMilliseconds;
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (let now = performance.now(); now < end; now = performance.now()) {
        await store.append(makeRecords(), [
          { kind: 'usage', holder: 'tsk_a', calls: 1, spendMinor: 0 },
          { kind: 'usage', holder: 'dlg_a', calls: 1, spendMinor: 0 },
        ]);
        latencies.push(performance.now() - now);
      }
    }),
  );
  const seconds = (performance.now() - begun) / 1000;
  return { perSecond: latencies.length / seconds, p50: median(latencies) };
}

/** An intent and a decision, with arguments of half a kilobyte. */
function makeRecords(): LedgerRecord[] {
  made += 1;
  const id = String(made).padStart(26, '0');
  const named = { at: 1_790_000_000_000 + made, action: `act_${id}`, agent: 'agt_a', task: 'tsk_a' };
  const facts = { ...named, chain: ['dlg_a'], upstream: 'shop', tool: 'pay' };
  return [
    { ...facts, id: `int_${id}`, kind: 'action.intent', causes: [], body: { text: 'x'.repeat(512) } },
    { ...facts, id: `dec_${id}`, kind: 'action.decision', causes: [`int_${id}`], body: { effect: 'allow' } },
  ];
}
