import { readFile } from 'node:fs/promises';
import type { BenchOptions, BenchReport } from '../main.ts';
import { busFaults, nearestRegion, regionNames, roundTripMs } from './assumptions.ts';
import { type Costs, readCosts } from './measured-costs.ts';
import { fitWakeMs, simulateBench } from './simulate-bench.ts';
import { simulateBudget } from './simulate-budget.ts';
import { type CellRun, simulateCell } from './simulate-cell.ts';
import { simulateRegion } from './simulate-region.ts';
import { simulateRevocation } from './simulate-revocation.ts';
import { sizeDeployment } from './size-deployment.ts';

const cell = { gateways: 8, coresOfGateway: 2, tasks: 8000, roaming: 0.02, standbyMs: 1 } as const;
/** Calls a second and gateway, of which the first is a quiet hour. */
const loads = [200, 400, 600, 800, 1000, 1200, 1400] as const;
const seed = 20_261_123;

/** What a plan for ten million agents costs and survives: a simulation with measured costs, the same for the same seed. */
export async function runScaleBench({ rounds, progress, costs: path }: BenchOptions): Promise<BenchReport> {
  const { costs, replaced } = readCosts(path === undefined ? '' : await readFile(path, 'utf8'));
  progress(`a seed a round, ${rounds} of them; ${replaced.length} measured costs replaced`);
  const wakeMs = fitWakeMs(costs);
  const cells = simulateCells(costs, rounds, wakeMs, progress);
  const saturatedPerSecond = Math.max(...cells.map((run) => run.answeredPerSecond));
  const seeds = Array.from({ length: rounds }, (_, round) => seed + round);
  const validation = validate(costs, wakeMs);
  // The plan takes off what the model promises beyond the measurement.
  const believedPerSecond = saturatedPerSecond / Math.max(1, validation.simulated_over_measured);
  const size = sizeDeployment(costs, { ...cell, saturatedPerSecond: believedPerSecond });
  return {
    figures: {
      validation,
      cell: Object.fromEntries(
        loads.map((load, i) => [String(load * cell.gateways), describeCell(cells[i])]),
      ),
      saturated_calls_per_s: saturatedPerSecond,
      saturated_less_difference_per_s: believedPerSecond,
      budget_64_callers: worst(seeds.map((one) => ({ ...simulateBudget(costs, { ...budget, seed: one }) }))),
      revocation: worst(seeds.map((one) => ({ ...simulateRevocation({ ...revocation(costs), seed: one }) }))),
      region: simulateRegions(costs, seeds, size.calls_per_s_planned_cell, progress),
      size,
    },
    notes: [
      'simulated; what was measured is in bench/scale/measured-costs.ts, what is assumed in bench/scale/assumptions.ts',
      `replaced by --costs: ${replaced.join(', ') || 'nothing'}`,
      'no unit spent twice, no approval released twice, no call after a gateway knew: a run that breaks one of these ends here',
    ],
  };
}

const budget = { callers: 64, gateways: 8, units: 20_000, sliceShare: 0.25, faults: busFaults } as const;

function revocation(costs: Costs) {
  const publishMs = costs.revokeP99Ms + costs.syncMs + roundTripMs(0, nearestRegion(0));
  return { gatewaysOfRegion: 50, revocations: 200, callsPerSecond: 100, publishMs, faults: busFaults };
}

/** The model against what it models: the bench `path`, which shares two cores with load and upstream. */
function validate(costs: Costs, wakeMs: number) {
  const run = simulateBench(costs, 64, wakeMs);
  return {
    simulated_calls_per_s: run.callsPerSecond,
    measured_calls_per_s: costs.callsPerSecond,
    simulated_over_measured: run.callsPerSecond / costs.callsPerSecond,
    simulated_p50_ms: run.p50Ms,
    measured_p50_ms: costs.p50Ms,
    simulated_p99_ms: run.p99Ms,
    measured_p99_ms: costs.p99Ms,
  };
}

/** The median round by p99, of each load. */
function simulateCells(
  costs: Costs,
  rounds: number,
  wakeMs: number,
  progress: (text: string) => void,
): CellRun[] {
  return loads.map((load) => {
    const callsPerSecond = load * cell.gateways;
    const runs = Array.from({ length: rounds }, (_, round) =>
      simulateCell(costs, { ...cell, callsPerSecond, wakeMs, seconds: 4, seed: seed + round }),
    ).sort((a, b) => a.p99Ms - b.p99Ms);
    const run = runs[Math.floor(runs.length / 2)];
    if (run === undefined) throw new Error('no round was simulated');
    progress(`a cell at ${callsPerSecond} calls a second: p99 ${run.p99Ms.toFixed(1)} ms`);
    return run;
  });
}

function describeCell(run: CellRun | undefined) {
  return {
    answered_per_s: run?.answeredPerSecond,
    p50_ms: run?.p50Ms,
    p99_ms: run?.p99Ms,
    gateways_used: run?.gatewaysUsed,
    primary_used: run?.primaryUsed,
    hand_overs_per_s: run?.handOversPerSecond,
    overloaded: run?.overloaded,
  };
}

/** Of each figure the largest of the rounds. */
function worst<Key extends string>(runs: readonly Readonly<Record<Key, number>>[]): Record<Key, number> {
  const [first] = runs;
  const keys = Object.keys(first ?? {}) as Key[];
  return Object.fromEntries(
    keys.map((key) => [toSnake(key), Math.max(...runs.map((run) => run[key]))]),
  ) as Record<Key, number>;
}

function simulateRegions(
  costs: Costs,
  seeds: readonly number[],
  callsPerSecond: number,
  progress: (text: string) => void,
) {
  const figures: Record<string, unknown> = {};
  for (const disaster of ['lost', 'cut off'] as const) {
    for (const records of ['at the second site first', 'later'] as const) {
      const home = regionNames.indexOf('Virginia');
      const shared = {
        disaster,
        records,
        home,
        second: nearestRegion(home),
        gateways: cell.gateways,
        callsPerSecond,
      };
      figures[`${disaster}, records ${records}`] = worst(
        seeds.map((one) => ({ ...simulateRegion(costs, { ...shared, seed: one }) })),
      );
    }
    progress(`a region ${disaster}: simulated`);
  }
  return figures;
}

function toSnake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
