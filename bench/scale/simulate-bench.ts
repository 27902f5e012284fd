import { quantile } from '../statistics.ts';
import { Gateway, wakesOfCall } from './gateway.ts';
import type { Costs } from './measured-costs.ts';
import { openDisk } from './primary.ts';
import { Cores, Thread } from './processors.ts';
import { createRandom } from './random.ts';
import { Timeline } from './timeline.ts';

const simulatedMs = 4000;

export interface BenchRun {
  readonly callsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** `bench -- path` over again: load, gateway and upstream on two cores, each caller with one call at a time. */
export function simulateBench(costs: Costs, callers: number, wakeMs: number): BenchRun {
  const timeline = new Timeline();
  const cores = new Cores(timeline, 2);
  const [load, upstream] = [new Thread(cores), new Thread(cores)];
  const besidesMs = costs.besidesMicroseconds / 1000;
  const gateway = new Gateway({
    timeline,
    costs,
    random: createRandom(1),
    cores,
    store: openDisk(timeline, costs),
    factor: 1,
    wakeMs,
    askUpstream: (then) => upstream.run(besidesMs / 3, then),
  });
  const latencies: number[] = [];
  const call = (): void => {
    const begunMs = timeline.nowMs;
    load.run(besidesMs / 3, () =>
      gateway.call(
        () => undefined,
        () =>
          load.run(besidesMs / 3, () => {
            latencies.push(timeline.nowMs - begunMs);
            call();
          }),
      ),
    );
  };
  for (let caller = 0; caller < callers; caller += 1) call();
  timeline.runUntil(simulatedMs);
  return {
    callsPerSecond: (latencies.length / simulatedMs) * 1000,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
  };
}

/** How long one thread takes to wake another: what a call alone takes beyond its work, by the hand-overs within it. */
export function fitWakeMs(costs: Costs): number {
  return Math.max(0, (costs.callAloneMs - simulateBench(costs, 1, 0).p50Ms) / wakesOfCall);
}
