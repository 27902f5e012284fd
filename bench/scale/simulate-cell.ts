import { quantile } from '../statistics.ts';
import { upstreamMs } from './assumptions.ts';
import { Gateway } from './gateway.ts';
import type { Costs } from './measured-costs.ts';
import { Primary } from './primary.ts';
import { Cores } from './processors.ts';
import { createRandom, type Random } from './random.ts';
import { Referee } from './referee.ts';
import { type HandOver, TaskLeases } from './task-leases.ts';
import { Timeline } from './timeline.ts';

export interface CellLoad {
  readonly gateways: number;
  readonly coresOfGateway: number;
  readonly tasks: number;
  readonly callsPerSecond: number;
  /** Share of calls that arrive at a gateway that does not hold their task. */
  readonly roaming: number;
  readonly standbyMs: number;
  readonly wakeMs: number;
  readonly seconds: number;
  readonly seed: number;
  readonly handOver?: HandOver;
}

export interface CellRun {
  readonly offeredPerSecond: number;
  readonly answeredPerSecond: number;
  /** Without the upstream's own time. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly gatewaysUsed: number;
  readonly primaryUsed: number;
  readonly handOversPerSecond: number;
  readonly overloaded: number;
}

const warmUpMs = 500;

/** One cell, event by event: calls in bursts, the steps of the path on threads and cores, group commits, leases. */
export function simulateCell(costs: Costs, load: CellLoad): CellRun {
  const timeline = new Timeline();
  const random = createRandom(load.seed);
  const primary = new Primary({ timeline, costs, random, standbyMs: load.standbyMs });
  const machines = Array.from({ length: load.gateways }, () => new Cores(timeline, load.coresOfGateway));
  const factor = costs.manyAgentsOverOne;
  const askUpstream = (then: () => void): void => timeline.after(upstreamMs, then);
  const shared = { timeline, costs, random, store: primary, factor, wakeMs: load.wakeMs, askUpstream };
  const gateways = machines.map((cores) => new Gateway({ ...shared, cores }));
  const handOver = load.handOver ?? 'after the last call';
  const leases = new TaskLeases(
    { timeline, costs, primary, gateways, referee: new Referee(), unitsOfTask: 1e6, handOver },
    load.tasks,
  );
  const latencies: number[] = [];
  let offered = 0;
  const endMs = warmUpMs + load.seconds * 1000;
  arrive(timeline, random, load.callsPerSecond, () => {
    const task = random.pick(load.tasks);
    const at = random.chance(load.roaming) ? random.pick(load.gateways) : leases.holderOf(task);
    const begunMs = timeline.nowMs;
    if (begunMs >= warmUpMs) offered += 1;
    leases.enter(task, at, (holder) => {
      const decide = (): void => leases.spend(task, holder);
      const done = (): void => {
        leases.leave(task, holder);
        if (begunMs >= warmUpMs) latencies.push(timeline.nowMs - begunMs - upstreamMs);
      };
      if (gateways[holder]?.call(decide, done) !== true) leases.leave(task, holder);
    });
  });
  timeline.runUntil(endMs);
  const coresMs = endMs * load.gateways * load.coresOfGateway;
  return {
    offeredPerSecond: offered / load.seconds,
    answeredPerSecond: latencies.length / load.seconds,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    gatewaysUsed: machines.reduce((sum, cores) => sum + cores.usedMs, 0) / coresMs,
    primaryUsed: primary.usedMs / endMs,
    handOversPerSecond: (leases.handOvers / endMs) * 1000,
    overloaded: gateways.reduce((sum, gateway) => sum + gateway.overloaded, 0),
  };
}

const burst = { everyMs: 1000, lastsMs: 50, times: 3 } as const;

/** Poisson, and for 50 ms of each second or so three times as much; the mean over all is as asked. */
function arrive(timeline: Timeline, random: Random, perSecond: number, call: () => void): void {
  const quiet = perSecond / (1 + (burst.times - 1) * (burst.lastsMs / (burst.everyMs + burst.lastsMs)));
  let rate = quiet;
  const toggle = (): void => {
    const bursts = rate === quiet;
    rate = bursts ? quiet * burst.times : quiet;
    timeline.after(random.wait(bursts ? burst.lastsMs : burst.everyMs), toggle);
  };
  timeline.after(random.wait(burst.everyMs), toggle);
  const next = (): void =>
    timeline.after(random.wait(1000 / rate), () => {
      call();
      next();
    });
  next();
}
