import type { BenchOptions, BenchReport } from '../main.ts';
import { runReplicaOffboardingBench } from './run-replica-offboarding-bench.ts';
import { runReplicaPathBench } from './run-replica-path-bench.ts';
import { runReplicaRevokeBench } from './run-replica-revoke-bench.ts';
import { runReplicasBench } from './run-replicas-bench.ts';
import { type BusKind, busKinds } from './start-replicas.ts';

const most = 32;

/** The benches that know of several gateways. Throws for the others, and where what was asked makes no sense. */
export async function runReplicaBench(name: string, options: BenchOptions): Promise<BenchReport> {
  const counts = (options.replicas ?? '').split(',').map(Number);
  const [count = 0] = counts;
  const bus = (options.bus ?? 'postgres') as BusKind;
  if (!busKinds.includes(bus)) throw new Error('--bus is postgres or nats');
  if (counts.some((one) => !Number.isInteger(one) || one < 1 || one > most))
    throw new Error(`--replicas is up to ${most}`);
  if (name === 'path') return runReplicaPathBench(options, { counts, bus });
  if (counts.length > 1 || count < 2) throw new Error(`--replicas is one number from 2 on for ${name}`);
  if (name === 'revoke') return runReplicaRevokeBench(options, { count, bus });
  if (name === 'offboarding') return runReplicaOffboardingBench(options, { count, bus });
  if (name === 'replicas') return runReplicasBench(options, { count, bus });
  throw new Error(`${name} is measured with one gateway`);
}
