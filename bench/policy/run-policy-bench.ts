import type { BenchOptions, BenchReport } from '../main.ts';
import { median, quantile } from '../statistics.ts';
import { deploymentRule, describeDeployment } from './describe-deployment.ts';
import { type Engines, prepareEngines } from './engines.ts';
import { generatePolicies, generateUnscoped } from './generate-policies.ts';
import { type BenchRequest, generateRequests } from './generate-requests.ts';
import { measureRound, requireAgreement, type Times } from './measure-engines.ts';

const sizes = [1, 20, 200, 1_000, 10_000];
const unscoped = 50;
const requestsOfEach = 500;

interface Contest {
  readonly size: number;
  readonly engines: Engines;
  readonly requests: readonly BenchRequest[];
  readonly rounds: Times[];
}

/** A decision by the compiled policies and by the official engine, at one policy and at ten thousand. */
export async function runPolicyBench({ rounds, progress }: BenchOptions): Promise<BenchReport> {
  const scoped = sizes.map((size) => prepare(size, 0, progress));
  const mixed = sizes.map((size) => prepare(size, unscoped, progress));
  const contests = [...scoped, ...mixed];
  for (let round = 0; round <= rounds; round++) {
    for (const { size, engines, requests, rounds: measured } of contests) {
      const times = measureRound(engines, requests, countOfficial(size));
      // The first round warms up.
      if (round > 0) measured.push(times);
    }
    progress(
      round === 0
        ? 'warm-up'
        : `round ${round}: p50 ${sizes.map((size, at) => `${size}: ${quantile(scoped[at]?.rounds.at(-1)?.ours ?? [], 0.5).toFixed(1)}`).join(', ')} us`,
    );
  }
  const sample = scoped[0]?.requests[0];
  return {
    figures: { ...summarise(scoped), [`with_${unscoped}_unscoped`]: summarise(mixed) },
    notes: [
      `${deploymentRule}; so 10,000 policies have ${describeDeployment(10_000).tools} tools, ${describeDeployment(10_000).upstreams} upstreams, ${describeDeployment(10_000).groups} groups`,
      `each request: ${JSON.stringify(sample?.context).length} bytes of context, ${sample?.entities.length} entities; reading them from JSON values is in both engines' times`,
      `a call each, in turn, ${requestsOfEach} different requests; ours over ${rounds} x 2,000 calls, official over ${rounds} x ${countOfficial(1)} (1 policy) to ${countOfficial(10_000)} (10,000)`,
      `p50 of 10,000 policies over p50 of 1: ${ratioOfEnds(scoped).toFixed(2)}; with ${unscoped} unscoped ${ratioOfEnds(mixed).toFixed(2)}`,
    ],
  };
}

function prepare(size: number, extra: number, progress: BenchOptions['progress']): Contest {
  const deployment = describeDeployment(size);
  const requests = generateRequests(deployment, requestsOfEach);
  const texts = [...generatePolicies(deployment), ...generateUnscoped(extra)];
  const engines = prepareEngines(`bench-${size}-${extra}`, texts);
  requireAgreement(engines, requests, Math.min(requestsOfEach, countOfficial(size) * 2));
  progress(`${texts.length} policies ready, both engines agree`);
  return { size, engines, requests, rounds: [] };
}

/** Few enough that a round takes seconds. */
function countOfficial(size: number): number {
  return size >= 10_000 ? 10 : size >= 1_000 ? 50 : 200;
}

function summarise(contests: readonly Contest[]): Record<string, Record<string, number>> {
  const table = (figure: (contest: Contest) => number): Record<string, number> =>
    Object.fromEntries(contests.map((contest) => [contest.size, Math.round(figure(contest) * 100) / 100]));
  return {
    p50_us: table(({ rounds }) => median(rounds.map(({ ours }) => quantile(ours, 0.5)))),
    p99_us: table(({ rounds }) => median(rounds.map(({ ours }) => quantile(ours, 0.99)))),
    official_p50_us: table(({ rounds }) => median(rounds.map(({ official }) => quantile(official, 0.5)))),
    official_over_ours: table(({ rounds }) =>
      median(rounds.map(({ ours, official }) => quantile(official, 0.5) / quantile(ours, 0.5))),
    ),
  };
}

function ratioOfEnds(contests: readonly Contest[]): number {
  const p50 = (contest: Contest | undefined): number =>
    median(contest?.rounds.map(({ ours }) => quantile(ours, 0.5)) ?? []);
  return p50(contests.at(-1)) / p50(contests[0]);
}
