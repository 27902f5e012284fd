import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchOptions } from '../../main.ts';
import { type Gateway, openGateway } from '../../path/contenders.ts';
import { type Caller, makeAgentKey } from '../../path/make-requests.ts';
import { sendAll } from '../../path/send-all.ts';
import { type Child, startChild } from '../../path/start-child.ts';
import { median } from '../../statistics.ts';

export interface Cost {
  /** Processor time of a governed call, with over without; by the number of calls made in the task before. */
  readonly over_without: Readonly<Record<string, number>>;
  readonly call_us: Readonly<Record<string, number>>;
}

const connections = 32;
/** Proofs are good for a minute. */
const lot = 2_000;
const tasksOfHundred = 20;
const measuredCalls = 1_000;

/**
 * What remembering results and tracing arguments add to a governed call of a tool that changes things, when 100 and when
 * 10,000 calls were made in its task before, each of which brought 2 KB that were never seen before.
 */
export async function measureCost({ rounds, progress }: BenchOptions): Promise<Cost> {
  const samples = { '100': [] as number[], '10000': [] as number[] };
  const micros = { '100': [] as number[], '10000': [] as number[] };
  // Each round needs tasks that nothing was done in.
  for (let round = 0; round < Math.min(rounds, 3); round++) {
    const off = await measureGateway('off');
    const on = await measureGateway('on');
    for (const calls of ['100', '10000'] as const) {
      samples[calls].push(on[calls] / off[calls]);
      micros[calls].push(on[calls]);
      progress(
        `after ${calls} calls: ${on[calls].toFixed(0)} us a call, ${off[calls].toFixed(0)} us without`,
      );
    }
  }
  return {
    over_without: { '100': median(samples['100']), '10000': median(samples['10000']) },
    call_us: { '100': median(micros['100']), '10000': median(micros['10000']) },
  };
}

async function measureGateway(containment: 'on' | 'off'): Promise<{ '100': number; '10000': number }> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-bench-'));
  const children: Child[] = [];
  const start = async (file: string, args: readonly string[]): Promise<Child> => {
    const child = await startChild(file, args);
    children.push(child);
    return child;
  };
  try {
    const upstream = await start('../containment/cost/changing-upstream.ts', []);
    const child = await start('gateway.ts', [folder]);
    const keys = Array.from({ length: tasksOfHundred + 1 }, makeAgentKey);
    const gateway = await openGateway(child, upstream.port, keys, containment);
    const hundred = gateway.all.slice(1);
    await send(gateway, hundred, 100 * hundred.length);
    const afterHundred = await measure(gateway, hundred);
    await gateway.renew();
    await send(gateway, gateway.one, 10_000);
    await gateway.renew();
    return { '100': afterHundred, '10000': await measure(gateway, gateway.one) };
  } finally {
    await Promise.all(children.map((child) => child.stop()));
    await rm(folder, { recursive: true, force: true });
  }
}

/** Processor microseconds a call, all threads. */
async function measure(gateway: Gateway, callers: readonly Caller[]): Promise<number> {
  const before = await gateway.cpuMicroseconds();
  await send(gateway, callers, measuredCalls);
  return ((await gateway.cpuMicroseconds()) - before) / measuredCalls;
}

async function send(gateway: Gateway, callers: readonly Caller[], count: number): Promise<void> {
  for (let done = 0; done < count; done += lot) {
    const requests = await gateway.prepare(callers, Math.min(lot, count - done), done);
    await sendAll(gateway.port, requests, connections);
  }
}
