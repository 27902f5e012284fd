import { setTimeout as sleep } from 'node:timers/promises';
import type { TestPerson } from '@countersign/testkit';
import { isResult } from '../../attacks/ground/read-refusal.ts';
import { createRandom } from '../ground/random.ts';
import type { BusKind } from './bus.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { enlist, type Member, persist } from './crew.ts';
import { type FaultName, faults } from './faults.ts';
import { addUp, findViolations, measureLateness, type Witnesses } from './judge.ts';
import { startLoad, type Told } from './load.ts';
import { type Recorded, readCalls } from './read-calls.ts';
import type { Replica } from './replica.ts';
import { StreamWatch } from './stream-watch.ts';

export interface ReplicaRunOptions {
  readonly gateways: number;
  readonly bus: BusKind;
  /** One after the other, as often as there are runs. */
  readonly faults: readonly FaultName[];
  readonly runs: number;
  readonly seed: number;
  /** Shorter faults, and no judgement on how soon a revocation bites: for a machine that does other things as well. */
  readonly isBrief?: boolean;
  readonly onRun?: (run: ReplicaRun) => void;
}

export interface ReplicaRun {
  readonly run: number;
  readonly fault: FaultName;
  readonly what: string;
  readonly arrived: number;
  readonly records: number;
  readonly paid: number;
  readonly released: number;
  /** Calls of which nobody knows how they ended. */
  readonly unknown: number;
  /** What is left of the budget though clients were told that it is spent. */
  readonly left: number;
  readonly refusals: ReadonlyMap<string, number>;
  /** From the end of the fault until every gateway served a call again. */
  readonly recoveredMilliseconds: number;
  readonly lateMilliseconds: number;
  readonly fenced: number;
  readonly broken: readonly string[];
}

export interface ReplicaReport {
  readonly runs: readonly ReplicaRun[];
  readonly records: number;
  readonly streams: number;
  readonly postgres: string;
  readonly witnesses: Witnesses | undefined;
  /** Where everything was left for somebody to look into; null when nothing was broken. */
  readonly folder: string | null;
}

const BUDGET = 120;
const RECOVERY_LIMIT_MILLISECONDS = 60_000;
const DRAIN_MILLISECONDS = 8_000;
const SETTLE_MILLISECONDS = 25_000;
/** On a machine that many share nothing is said of how soon. */
const ANY_TIME = 30_000;

/** Faults of every kind at several gateways under load, and after each the accounts of all that took part. */
export async function runReplicas(options: ReplicaRunOptions): Promise<ReplicaReport> {
  const random = createRandom(options.seed);
  const cluster = await startCluster({ ...options, random });
  const runs: ReplicaRun[] = [];
  let witnesses: Witnesses | undefined;
  let isWhole = false;
  try {
    const approver = await persist(() => cluster.driver.invite('Approver', ['approver']));
    const watch = new StreamWatch(cluster.pair);
    const series = new Series(cluster, { random, approver, watch, isBrief: options.isBrief === true });
    for (let number = 0; number < options.runs; number += 1) {
      const fault = options.faults[number % options.faults.length] ?? 'kill';
      const done = await series.run(number, fault);
      witnesses = done.witnesses;
      runs.push(done.run);
      options.onRun?.(done.run);
    }
    isWhole = runs.every(({ broken }) => broken.length === 0);
    const { records, streams } = watch;
    const folder = isWhole ? null : cluster.folder;
    return { runs, records, streams, postgres: await cluster.pair.version(), witnesses, folder };
  } finally {
    await cluster.close(!isWhole);
  }
}

interface SeriesParts {
  readonly random: () => number;
  readonly approver: TestPerson;
  readonly watch: StreamWatch;
  readonly isBrief: boolean;
}

interface Crew {
  readonly spender: Member;
  readonly counter: Member;
  readonly asker: Member;
  readonly leaver: Member;
  readonly prober: Member;
}

class Series {
  readonly #cluster: Cluster;
  readonly #parts: SeriesParts;
  readonly #clocks = new Map<Replica, number>();

  constructor(cluster: Cluster, parts: SeriesParts) {
    this.#cluster = cluster;
    this.#parts = parts;
  }

  async run(number: number, name: FaultName): Promise<{ run: ReplicaRun; witnesses: Witnesses }> {
    const { random, approver, isBrief } = this.#parts;
    const cluster = this.#cluster;
    const { journal } = cluster.upstream;
    await cluster.pair.rejoin();
    const crew = await this.#enlist(number);
    const before = journal.calls().length;
    const fencedBefore = this.#countFenced();
    const load = startLoad({ cluster, random, approver, ...crew, name: `r${number}` });
    const revoking = this.#revokeLater(crew.leaver);
    await sleep(300 + random() * 900);
    const { what, cleanUp } = await faults[name].strike({
      cluster,
      random,
      isBrief,
      setClock: this.#setClock,
    });
    const struckAt = performance.now();
    await cleanUp?.();
    const broken = await this.#untilAllServe(crew.prober);
    const recoveredMilliseconds = Math.round(performance.now() - struckAt);
    const revokedAt = await revoking;
    await load.finish(DRAIN_MILLISECONDS);
    const members = [crew.spender, crew.counter, crew.asker, crew.leaver];
    const arrived = journal.calls().slice(before).filter(isOfLoad);
    const witnesses = await this.#untilSettled(members, (recorded) => ({
      ...{ arrived, recorded, revokedAt, told: load.told, budget: BUDGET },
      graceMilliseconds: isBrief ? ANY_TIME : faults[name].graceMilliseconds,
      areClocksTrue: name !== 'clock',
    }));
    broken.push(...findViolations(witnesses), ...(await this.#parts.watch.look()));
    const run = { ...describeRun(witnesses, load.told), run: number, fault: name, what, broken };
    const fenced = this.#countFenced() - fencedBefore;
    return { run: { ...run, recoveredMilliseconds, fenced }, witnesses };
  }

  readonly #setClock = (replica: Replica, off: number): void => void this.#clocks.set(replica, off);

  async #enlist(number: number): Promise<Crew> {
    const clockOf = (replica: Replica) => () => Date.now() + (this.#clocks.get(replica) ?? 0);
    const enlistOne = (name: string, tasks: number, limits: object = {}) =>
      enlist(this.#cluster, { name: `${name}-${number}`, tasks, limits, clockOf });
    return {
      spender: await enlistOne('spender', 3, { spendMinor: BUDGET, currency: 'EUR' }),
      counter: await enlistOne('counter', 2),
      asker: await enlistOne('asker', 1),
      leaver: await enlistOne('leaver', 1),
      prober: await enlistOne('prober', this.#cluster.replicas.length),
    };
  }

  /** At some moment before, in or after the fault. Resolves with the moment at which it was acknowledged. */
  async #revokeLater({ delegation }: Member): Promise<number> {
    await sleep(this.#parts.random() * 2_500);
    for (let tries = 0; tries < 400; tries += 1) {
      const reply = await this.#cluster.driver.operator('POST', `/v1/delegations/${delegation}/revoke`);
      if (reply.status === 200 || reply.status === 409) return Date.now();
      await sleep(100);
    }
    throw new Error('nothing could be revoked any more');
  }

  /** Each gateway lets a call through, as it did before the fault, without anybody's help. */
  async #untilAllServe(prober: Member): Promise<string[]> {
    const waits = this.#cluster.replicas.map(async (at) => {
      let last = '';
      for (const begun = performance.now(); performance.now() - begun < RECOVERY_LIMIT_MILLISECONDS; ) {
        const reply = await prober.call({ at, task: at.number, tool: 'echo', mark: `probe-${at.number}` });
        if (isResult(reply)) return [];
        last = `${reply.status} ${reply.body.slice(0, 200)}`;
        await sleep(50);
      }
      return [`gateway ${at.number} does not serve again: ${last}`];
    });
    return (await Promise.all(waits)).flat();
  }

  /** Ends of calls are written after their answers, those of a gateway that is gone by another, and then they are indexed. */
  async #untilSettled(
    members: readonly Member[],
    weigh: (recorded: Recorded) => Witnesses,
  ): Promise<Witnesses> {
    const agents = members.map(({ agentId }) => agentId);
    for (const begun = performance.now(); ; ) {
      const witnesses = weigh(await persist(() => readCalls(this.#cluster, agents)));
      const isSettled = findViolations(witnesses).length === 0;
      if (isSettled || performance.now() - begun > SETTLE_MILLISECONDS) return witnesses;
      await sleep(500);
    }
  }

  #countFenced(): number {
    return this.#cluster.replicas.reduce((sum, replica) => sum + replica.fenced(), 0);
  }
}

function isOfLoad({ arguments: args }: { readonly arguments: unknown }): boolean {
  return !JSON.stringify(args).includes('"probe-');
}

function describeRun(witnesses: Witnesses, told: Told) {
  const { arrived, recorded, budget } = witnesses;
  const { paid, decidedToPay } = addUp(witnesses);
  const releases = [...recorded.approvals.released.values()];
  const isSpent = told.refusals.has('task.budget_spent');
  return {
    arrived: arrived.length,
    records: recorded.records,
    paid,
    released: releases.reduce((sum, times) => sum + times, 0),
    unknown: recorded.calls.filter(({ ends }) => ends.includes('unknown')).length,
    left: isSpent ? budget - decidedToPay : 0,
    refusals: told.refusals,
    lateMilliseconds: measureLateness(witnesses),
  };
}
