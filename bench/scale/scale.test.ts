import { describe, expect, it } from 'vitest';
import { busFaults, nearestRegion, regionNames, roundTripMs } from './assumptions.ts';
import { measuredCosts, readCosts } from './measured-costs.ts';
import { createRandom } from './random.ts';
import { PromiseBroken } from './referee.ts';
import { fitWakeMs, simulateBench } from './simulate-bench.ts';
import { simulateBudget } from './simulate-budget.ts';
import { simulateCell } from './simulate-cell.ts';
import { type RegionRules, simulateRegion } from './simulate-region.ts';
import { simulateRevocation } from './simulate-revocation.ts';
import { sizeDeployment } from './size-deployment.ts';
import { Timeline } from './timeline.ts';

const { costs } = readCosts();
const cell = {
  gateways: 4,
  coresOfGateway: 2,
  tasks: 100,
  callsPerSecond: 2000,
  roaming: 0.1,
  standbyMs: 1,
  wakeMs: 0.1,
  seconds: 0.5,
  seed: 1,
};
const budget = { callers: 64, gateways: 8, units: 5000, sliceShare: 0.25, faults: busFaults, seed: 1 };
const revocation = {
  gatewaysOfRegion: 10,
  revocations: 40,
  callsPerSecond: 100,
  publishMs: 12,
  faults: busFaults,
  seed: 1,
};
const region = {
  disaster: 'cut off',
  records: 'later',
  home: 0,
  second: 1,
  gateways: 8,
  callsPerSecond: 1000,
  seed: 1,
} as const;

describe('a cell', () => {
  it('spends no unit of a task twice while tasks wander', () => {
    const run = simulateCell(costs, cell);
    expect(run.handOversPerSecond).toBeGreaterThan(50);
    expect(run.answeredPerSecond).toBeGreaterThan(1500);
  });

  it('is found out when it hands a task over while calls of it are under way', () => {
    expect(() => simulateCell(costs, { ...cell, handOver: 'at once' })).toThrow(PromiseBroken);
  });

  it('answers slower, and less than it is asked, beyond its limit', () => {
    const over = simulateCell(costs, { ...cell, roaming: 0, callsPerSecond: 8000, seconds: 1 });
    expect(over.answeredPerSecond).toBeLessThan(7000);
    expect(over.p50Ms).toBeGreaterThan(simulateCell(costs, { ...cell, roaming: 0 }).p50Ms * 3);
  });

  it('gives the same figures for the same seed', () => {
    expect(simulateCell(costs, cell)).toEqual(simulateCell(costs, cell));
  });

  it('models the bench that its costs were measured with within a third', () => {
    const run = simulateBench(costs, 64, fitWakeMs(costs));
    expect(run.callsPerSecond / costs.callsPerSecond).toBeGreaterThan(0.67);
    expect(run.callsPerSecond / costs.callsPerSecond).toBeLessThan(1.33);
  });
});

describe('a budget in slices', () => {
  it('is spent to the last unit and not beyond, however often an answer is lost', () => {
    for (let seed = 1; seed <= 10; seed += 1)
      expect(simulateBudget(costs, { ...budget, seed })).toMatchObject({ spent: 5000, stranded: 0 });
  });

  it('is found out when a silent gateway loses its slice before its lease', () => {
    expect(() => simulateBudget(costs, { ...budget, reclaim: 'at once' })).toThrow(PromiseBroken);
  });
});

describe('a revocation', () => {
  it('reaches every gateway over a bus that loses, repeats and delays', () => {
    const run = simulateRevocation(revocation);
    expect(run.lastGatewayP50Ms).toBeGreaterThan(90);
    expect(run.unreached).toBe(0);
    expect(run.worstMs).toBeLessThan(5000);
  });

  it('is found out when a late word undoes it', () => {
    expect(() => simulateRevocation({ ...revocation, order: 'as they come' })).toThrow(PromiseBroken);
  });

  it('lets nobody call on where nothing is heard', () => {
    const run = simulateRevocation({ ...revocation, faults: { ...busFaults, lost: 1 } });
    expect(run.unreached).toBe(40);
    expect(run.deafShare).toBeGreaterThan(0.5);
    expect(run.callsThroughWorst).toBeLessThan(150);
  });
});

describe('a region', () => {
  it.each(['lost', 'cut off'] as const)(
    'that is %s loses no record that two sites have first',
    (disaster) => {
      const run = simulateRegion(costs, { ...region, disaster, records: 'at the second site first' });
      expect(run).toMatchObject({ recordsMissing: 0, callsAfterwards: 0, tasksEnded: 0 });
    },
  );

  it('that is cut off stops by itself', () => {
    const run = simulateRegion(costs, region);
    expect(run.callsAfterwards).toBeGreaterThan(0);
    expect(run.callsAfterwards).toBeLessThan(3000);
  });

  it('may go on until its lease ends, because nobody takes over before', () => {
    expect(() => simulateRegion(costs, { ...region, rules: { whenDeaf: 'go on' } })).not.toThrow();
  });

  it.each<[string, Partial<RegionRules>]>([
    ['is taken over while it lives', { whenDeaf: 'go on', takeOver: 'at once' }],
    ['has its slices granted again', { slicesOut: 'are granted again' }],
    ['releases before the second site knows', { releases: 'with the records' }],
  ])('is found out when it %s', (_, rules) => {
    expect(() => simulateRegion(costs, { ...region, rules })).toThrow(PromiseBroken);
  });
});

describe('the numbers', () => {
  it('say where they come from', () => {
    for (const { source, command } of Object.values(measuredCosts)) {
      expect(source).not.toBe('');
      expect(command).not.toBe('');
    }
  });

  it('give way to those of other benches, and to nothing else', () => {
    const lines =
      '{"bench":"path","figures":{"calls_per_s":900,"p50_ms":"fast","cpu_us":{"governed":1200}}}\n';
    const read = readCosts(lines);
    expect(read.replaced).toEqual(['callMicroseconds', 'callsPerSecond']);
    expect(read.costs).toMatchObject({ callMicroseconds: 1200, callsPerSecond: 900, p50Ms: costs.p50Ms });
    expect(() => readCosts('{"figures":{}}')).toThrow('not a line that --json prints');
  });

  it('hold a region less', () => {
    const size = sizeDeployment(costs, { gateways: 8, coresOfGateway: 2, saturatedPerSecond: 8000 });
    expect(size.cells_of_region * 9 * size.calls_per_s_planned_cell).toBeGreaterThanOrEqual(1e6);
  });

  it('know how far every two regions are', () => {
    for (const a of regionNames.keys()) {
      expect(nearestRegion(a)).not.toBe(a);
      for (const b of regionNames.keys()) expect(roundTripMs(a, b)).toBeGreaterThan(0);
    }
  });
});

describe('simulated time', () => {
  it('lets happen what is planned in order', () => {
    const timeline = new Timeline();
    const random = createRandom(7);
    const seen: number[] = [];
    for (let i = 0; i < 500; i += 1) timeline.after(random.pick(50), () => seen.push(timeline.nowMs));
    timeline.runUntil(100);
    expect(seen).toHaveLength(500);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(timeline.nowMs).toBe(100);
  });
});
