import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from './cluster.ts';
import type { Replica } from './replica.ts';

export const faultNames = [
  'kill',
  'failover',
  'partition',
  'bus-gone',
  'clock',
  'chaos-bus',
  'commit-failover',
] as const;
export type FaultName = (typeof faultNames)[number];

export interface FaultSetting {
  readonly cluster: Cluster;
  readonly random: () => number;
  /** Shorter times, for a check that many wait for. */
  readonly isBrief: boolean;
  /** Those who call at the gateway go by its clock from now on. */
  setClock(replica: Replica, milliseconds: number): void;
}

export interface Strike {
  /** What was done. */
  readonly what: string;
  /** Takes back what is not the product's to mend. */
  readonly cleanUp?: () => Promise<void>;
}

export interface Fault {
  /** How late, in milliseconds, something revoked may still act while this goes on, by what the documentation promises. */
  readonly graceMilliseconds: number;
  /** Begins the fault, ends it, and resolves when nothing more is done to the gateways. */
  strike(setting: FaultSetting): Promise<Strike>;
}

const HOUR = 3_600_000;
/** Everything is looked up each second where the bus does not speak. */
const LOOKED_UP = 1_000;
/** A gateway that hears neither bus nor database stops. */
const DEAF = 2_000;
/** Time that a call takes which was let out just before, and that the upstream's note of it takes. */
const UNDER_WAY = 250;

export const faults: Readonly<Record<FaultName, Fault>> = {
  kill: {
    graceMilliseconds: LOOKED_UP + UNDER_WAY,
    async strike({ cluster, random }) {
      const victim = choose(cluster, random);
      await victim.kill();
      return { what: `gateway ${victim.number} killed` };
    },
  },
  failover: {
    graceMilliseconds: LOOKED_UP + UNDER_WAY,
    async strike({ cluster, random }) {
      const pause = 200 + Math.round(random() * 2_500);
      await cluster.failOver(pause);
      return { what: `primary gone for ${pause} ms` };
    },
  },
  partition: {
    graceMilliseconds: DEAF + LOOKED_UP + UNDER_WAY,
    async strike({ cluster, random, isBrief }) {
      const victim = choose(cluster, random);
      const length = Math.round(500 + random() * (isBrief ? 2_500 : 11_500));
      const how = random() < 0.5 ? 'late' : 'reset';
      victim.database.silence();
      victim.bus.silence();
      await sleep(length);
      victim.database.restore(how);
      victim.bus.restore(how);
      return { what: `gateway ${victim.number} cut off for ${length} ms, then ${how}` };
    },
  },
  'bus-gone': {
    graceMilliseconds: LOOKED_UP + UNDER_WAY,
    async strike({ cluster, isBrief }) {
      for (const { bus } of cluster.replicas) bus.refuse();
      await sleep(isBrief ? 2_000 : 10_000);
      for (const { bus } of cluster.replicas) bus.restore('reset');
      return { what: `no bus for ${isBrief ? 2 : 10} s` };
    },
  },
  clock: {
    graceMilliseconds: LOOKED_UP + UNDER_WAY,
    async strike({ cluster, random, isBrief, setClock }) {
      const victim = choose(cluster, random);
      const off = random() < 0.5 ? HOUR : -HOUR;
      await victim.kill(off);
      setClock(victim, off);
      await untilReady(victim);
      await sleep(isBrief ? 1_000 : 3_000);
      const cleanUp = async (): Promise<void> => {
        await victim.kill(0);
        setClock(victim, 0);
      };
      return { what: `gateway ${victim.number} killed, then its clock off by ${off / HOUR} h`, cleanUp };
    },
  },
  'chaos-bus': {
    graceMilliseconds: LOOKED_UP + UNDER_WAY,
    async strike({ cluster, isBrief }) {
      const calm = await cluster.bus.disturb();
      await sleep(isBrief ? 1_500 : 4_000);
      await calm();
      return { what: 'bus delayed, reordered, repeated' };
    },
  },
  'commit-failover': {
    graceMilliseconds: LOOKED_UP + UNDER_WAY,
    async strike({ cluster, random }) {
      // Commits that are under way arrive, and nobody hears of it.
      for (const { database } of cluster.replicas) if (random() < 0.7) database.loseAnswers();
      await sleep(10 + random() * 150);
      const pause = 100 + Math.round(random() * 1_000);
      await cluster.failOver(pause);
      for (const { database } of cluster.replicas) database.restore('reset');
      return { what: `answers of commits lost, then the primary gone for ${pause} ms` };
    },
  },
};

function choose({ replicas }: Cluster, random: () => number): Replica {
  const chosen = replicas[Math.floor(random() * replicas.length)];
  if (chosen === undefined) throw new Error('there is no gateway');
  return chosen;
}

const PATIENCE_MILLISECONDS = 60_000;

async function untilReady(replica: Replica): Promise<void> {
  for (let waited = 0; waited < PATIENCE_MILLISECONDS; waited += 100) {
    const answer = await fetch(`http://127.0.0.1:${replica.port()}/readyz`).catch(() => undefined);
    if (answer?.status === 200) return;
    await sleep(100);
  }
}
