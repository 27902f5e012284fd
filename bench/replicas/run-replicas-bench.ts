import { sendRequests } from '../load/send-requests.ts';
import type { BenchOptions, BenchReport } from '../main.ts';
import { describeFolder } from '../path/describe-folder.ts';
import { makeAgentKey } from '../path/make-requests.ts';
import { quantile } from '../statistics.ts';
import { type BusKind, type Replicas, startReplicas } from './start-replicas.ts';

const changesARound = 10;
const callers = 64;
const callsOfLimit = 1_500;
const callsEach = 60;
const longestMilliseconds = 10_000;
const permit = '@id("all") permit (principal, action, resource);';
const forbid = '@id("none") forbid (principal, action, resource);';

/**
 * How soon a policy that is activated at the first of several gateways is in force at all others, from the answer to its
 * activation; and whether 64 callers at all of them together get exactly as much as a limit allows.
 */
export async function runReplicasBench(
  { rounds, progress }: BenchOptions,
  { count, bus }: { readonly count: number; readonly bus: BusKind },
): Promise<BenchReport> {
  const keys = Array.from({ length: callers }, makeAgentKey);
  const replicas = await startReplicas({ count, bus, keys, upstream: 'upstream.ts' });
  try {
    const times: number[] = [];
    for (let i = 0; i < rounds * changesARound; i += 1) {
      if (i % 20 === 0) await replicas.first.renew();
      times.push(...(await measureChange(replicas, i % 2 === 0)));
    }
    progress(`policies: worst ${Math.max(...times).toFixed(1)} ms`);
    const limit = await exhaust(replicas);
    return {
      figures: {
        policy_in_force_ms: { p50: quantile(times, 0.5), p99: quantile(times, 0.99) },
        ...{ limit_calls: callsOfLimit, allowed_calls: limit.allowed },
        limit_calls_per_s: limit.perSecond,
      },
      notes: [
        `${count} gateways on one PostgreSQL, bus ${bus}; ${await describeFolder(replicas.folder)}`,
        `${times.length} times a policy came into force elsewhere, worst ${Math.max(...times).toFixed(1)} ms`,
        `${callers} callers at once: ${limit.allowed} of ${callsOfLimit} calls let out, ${limit.refused} refused`,
      ],
    };
  } finally {
    await replicas.stop();
  }
}

/** One number for each of the other gateways: 0 where it knew before the answer was here. */
async function measureChange(replicas: Replicas, isForbidden: boolean): Promise<readonly number[]> {
  let answeredAt = Number.POSITIVE_INFINITY;
  const others = replicas.children.slice(1).map(async (_child, n) => {
    const requests = [...(await prepareOne(replicas, n + 1, 400))];
    for (let request = requests.pop(); request !== undefined; request = requests.pop()) {
      const { failures } = await sendRequests(replicas.children[n + 1]?.port ?? 0, [request], 1);
      const now = performance.now();
      if (failures > 0 === isForbidden) return now;
      if (now - answeredAt > longestMilliseconds) break;
      if (requests.length === 0) requests.push(...(await prepareOne(replicas, n + 1, 200)));
    }
    throw new Error(`a policy is not in force at gateway ${n + 1}`);
  });
  const files = [{ name: 'bench.cedar', text: isForbidden ? forbid : permit }];
  const activated = replicas.operate(0, 'POST', '/v1/policies', { files }).then(() => {
    answeredAt = performance.now();
  });
  const [moments] = await Promise.all([Promise.all(others), activated]);
  return moments.map((moment) => Math.max(0, moment - answeredAt));
}

async function prepareOne(replicas: Replicas, gateway: number, count: number): Promise<readonly Buffer[]> {
  return replicas.prepareAt(gateway, replicas.first.all.slice(gateway, gateway + 1), count);
}

interface Exhausted {
  readonly allowed: number;
  readonly refused: number;
  readonly perSecond: number;
}

/** Every caller at a gateway of its own choice, until nothing is left for anybody. */
async function exhaust(replicas: Replicas): Promise<Exhausted> {
  const text = `@id("limited") @limit("per=tool; calls=${callsOfLimit}; within=366d") permit (principal, action, resource);`;
  await replicas.operate(0, 'POST', '/v1/policies', { files: [{ name: 'bench.cedar', text }] });
  // In force everywhere, so that nobody is let out by the policy before.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await replicas.first.renew();
  const begun = performance.now();
  const gateways = replicas.children.length;
  const results = await Promise.all(
    replicas.children.map(async ({ port }, n) => {
      const own = replicas.first.all.filter((_caller, i) => i % gateways === n);
      const requests = await replicas.prepareAt(n, own, own.length * callsEach);
      return sendRequests(port, requests, own.length);
    }),
  );
  const refused = results.reduce((sum, result) => sum + result.failures, 0);
  const sent = results.reduce((sum, result) => sum + result.latencies.length, 0);
  return { allowed: sent - refused, refused, perSecond: sent / ((performance.now() - begun) / 1000) };
}
