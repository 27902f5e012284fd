import type { BenchOptions, BenchReport } from '../main.ts';
import { describeFolder } from '../path/describe-folder.ts';
import { makeAgentKey } from '../path/make-requests.ts';
import { sendAll } from '../path/send-all.ts';
import { median, quantile } from '../statistics.ts';
import { type BusKind, type Replicas, startReplicas } from './start-replicas.ts';

/** Of all gateways together. */
const connections = 64;
const callsARound = 3000;
const warmUpCalls = 6_000;
/** Each task stays at one gateway, as a balancer that keeps connections keeps it. */
const agentsOfGateway = 8;

interface Measured {
  readonly perSecond: number;
  readonly cpuMicroseconds: number;
  readonly latencies: readonly number[];
}

/** Calls a second, and processor time a call, of one and of several gateways on one PostgreSQL, all on this machine. */
export async function runReplicaPathBench(
  { rounds, progress }: BenchOptions,
  { counts, bus }: { readonly counts: readonly number[]; readonly bus: BusKind },
): Promise<BenchReport> {
  const figures: Record<string, Record<string, number>> = {
    calls_per_s: {},
    cpu_us: {},
    p50_ms: {},
    p99_ms: {},
  };
  const notes = [`${connections} connections in all, bus ${bus}; cpu_us is that of the gateways alone`];
  for (const count of counts) {
    const keys = Array.from({ length: count * agentsOfGateway }, makeAgentKey);
    const replicas = await startReplicas({ count, bus, keys, upstream: 'upstream.ts' });
    try {
      if (notes.length === 1) notes.push(await describeFolder(replicas.folder));
      await measure(replicas, Math.ceil(warmUpCalls / count));
      const all: Measured[] = [];
      for (let round = 0; round < rounds; round += 1) {
        all.push(await measure(replicas, Math.ceil(callsARound / count)));
        progress(`${count} gateways: ${all.at(-1)?.perSecond.toFixed(0)} calls/s`);
      }
      const latencies = all.flatMap((one) => one.latencies);
      Object.assign(figures.calls_per_s ?? {}, { [count]: median(all.map((one) => one.perSecond)) });
      Object.assign(figures.cpu_us ?? {}, { [count]: median(all.map((one) => one.cpuMicroseconds)) });
      Object.assign(figures.p50_ms ?? {}, { [count]: quantile(latencies, 0.5) });
      Object.assign(figures.p99_ms ?? {}, { [count]: quantile(latencies, 0.99) });
    } finally {
      await replicas.stop();
    }
  }
  return { figures, notes };
}

async function measure(replicas: Replicas, callsEach: number): Promise<Measured> {
  const { children, first } = replicas;
  await first.renew();
  const prepared = await Promise.all(
    children.map((_, n) => {
      const own = first.all.slice(n * agentsOfGateway, (n + 1) * agentsOfGateway);
      return replicas.prepareAt(n, own, callsEach);
    }),
  );
  const cpu = async (): Promise<number> => {
    let total = 0;
    for (const child of children) total += await child.cpuMicroseconds();
    return total;
  };
  const before = await cpu();
  const begun = performance.now();
  const results = await Promise.all(
    children.map(({ port }, n) => sendAll(port, prepared[n] ?? [], connections / children.length)),
  );
  const seconds = (performance.now() - begun) / 1000;
  const calls = callsEach * children.length;
  return {
    perSecond: calls / seconds,
    cpuMicroseconds: ((await cpu()) - before) / calls,
    latencies: results.flatMap((result) => result.latencies),
  };
}
