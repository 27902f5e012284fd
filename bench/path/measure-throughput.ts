import type { BenchOptions } from '../main.ts';
import { median, quantile } from '../statistics.ts';
import type { Contenders } from './contenders.ts';
import { sendAll } from './send-all.ts';
import type { Child } from './start-child.ts';

const connections = 64;
const callsARound = 3000;
/** Until the compiler has settled: its threads share the cores with what is measured. */
const warmUpCalls = 10_000;
const names = ['governed', 'constant', 'limit', 'bare'] as const;
type Name = (typeof names)[number];

interface Measured {
  readonly perSecond: number;
  /** Of its own process, all threads. */
  readonly cpuMicroseconds: number;
  readonly latencies: readonly number[];
}

/**
 * The four in turn in every round, each round beginning with another; ratios are taken round by round. Before the
 * first round each is warmed up.
 */
export async function measureThroughput(contenders: Contenders, { rounds, progress }: BenchOptions) {
  const { governed, constant } = contenders;
  const all: Record<Name, Measured[]> = { governed: [], constant: [], limit: [], bare: [] };
  for (let round = 0; round <= rounds; round++) {
    const count = round === 0 ? warmUpCalls : callsARound;
    const own = await governed.prepare(governed.one, count);
    const requests = {
      governed: own,
      limit: own,
      bare: own,
      constant: await constant.prepare(constant.one, count),
    };
    const said: string[] = [];
    for (const name of rotate(names, round)) {
      const measured = await measure(contenders[name], requests[name]);
      if (round > 0) all[name].push(measured);
      said.push(`${name} ${measured.perSecond.toFixed(0)}/s ${measured.cpuMicroseconds.toFixed(0)} us`);
    }
    progress(`${round === 0 ? 'warm-up' : `round ${round}`}: ${said.sort().join(', ')}`);
  }
  const rate = (name: Name): number[] => all[name].map((one) => one.perSecond);
  const ratio = (a: Name, b: Name): number =>
    median(rate(a).map((value, i) => value / (rate(b)[i] ?? Number.NaN)));
  const latencies = all.governed.flatMap((one) => one.latencies);
  const cpu = (name: Name): string =>
    `${name} ${median(all[name].map((one) => one.cpuMicroseconds)).toFixed(0)}`;
  return {
    figures: {
      governed_over_limit: ratio('governed', 'limit'),
      governed_over_limit_constant_policy: ratio('constant', 'limit'),
      governed_over_bare: ratio('governed', 'bare'),
      calls_per_s: median(rate('governed')),
      p50_ms: quantile(latencies, 0.5),
      p99_ms: quantile(latencies, 0.99),
      cpu_us: Object.fromEntries(
        names.map((name) => [name, median(all[name].map((one) => one.cpuMicroseconds))]),
      ),
    },
    notes: [
      `calls a second, ${connections} connections: ${names.map((name) => `${name} ${median(rate(name)).toFixed(0)}`).join(', ')}`,
      `processor time a call, all threads of the process, in us: ${names.map(cpu).join(', ')}`,
    ],
  };
}

async function measure(child: Child, requests: readonly Buffer[]): Promise<Measured> {
  const before = await child.cpuMicroseconds();
  const { perSecond, latencies } = await sendAll(child.port, requests, connections);
  const cpuMicroseconds = ((await child.cpuMicroseconds()) - before) / requests.length;
  return { perSecond, latencies, cpuMicroseconds };
}

function rotate<T>(items: readonly T[], by: number): readonly T[] {
  const start = by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}
