import { quantile } from '../statistics.ts';
import { type BusFaults, deafAfterMs, heartbeatMs, local, regionNames, roundTripMs } from './assumptions.ts';
import { createLink, type Link } from './links.ts';
import { createRandom, type Random } from './random.ts';
import { Referee } from './referee.ts';
import { type Notice, type Order, RevocationFeed } from './revocation-feed.ts';
import { Timeline } from './timeline.ts';

export interface RevocationLoad {
  readonly gatewaysOfRegion: number;
  readonly revocations: number;
  /** Of the agent that is revoked, at one gateway. */
  readonly callsPerSecond: number;
  /** From the request to revoke until the revocation is durable and published. */
  readonly publishMs: number;
  readonly faults: BusFaults;
  readonly seed: number;
  readonly order?: Order;
}

export type RevocationRun = {
  /** Revocations that some gateway had not heard of in the end. */
  readonly unreached: number;
  readonly lastGatewayP50Ms: number;
  readonly lastGatewayP99Ms: number;
  readonly worstMs: number;
  /** Of all gateways and revocations, not of the last one alone. */
  readonly anyGatewayP99Ms: number;
  readonly callsThroughMean: number;
  readonly callsThroughWorst: number;
  /** Moments in which a gateway refused everything because it had heard nothing for too long, of all such moments looked at. */
  readonly deafShare: number;
};

const everyMs = 40;
const settleMs = 10_000;
/** Until the whole network has heard something once. */
const startMs = 1000;

/** One region tells all others, over a bus that loses, repeats and delays, what it has revoked. */
export function simulateRevocation(load: RevocationLoad): RevocationRun {
  const spread = new Spread(load);
  for (let number = 0; number < load.revocations; number += 1)
    spread.plan(startMs + number * everyMs, number);
  spread.timeline.runUntil(startMs + load.revocations * everyMs + settleMs);
  return spread.report();
}

interface Listener {
  readonly feed: RevocationFeed;
  heardMs: number;
}

class Spread {
  readonly timeline = new Timeline();
  readonly #load: RevocationLoad;
  readonly #random: Random;
  readonly #referee = new Referee();
  readonly #send: Link;
  /** What the publishing region has said, in order: what it can say again. */
  readonly #log: Notice[] = [];
  readonly #hubs: Listener[] = [];
  readonly #gateways: (Listener & { readonly name: string; readonly revoked: Set<string> })[] = [];
  readonly #askedAtMs = new Map<string, number>();
  readonly #missing = new Map<string, number>();
  readonly #lastMs: number[] = [];
  readonly #eachMs: number[] = [];
  readonly #through: number[] = [];
  readonly #looked = { moments: 0, deaf: 0 };

  constructor(load: RevocationLoad) {
    this.#load = load;
    this.#random = createRandom(load.seed);
    this.#send = createLink(this.timeline, this.#random, load.faults);
    for (const region of regionNames.keys()) this.#addRegion(region);
  }

  /** Something of the agent is lifted, then all of it revoked: the older word must never win. */
  plan(atMs: number, number: number): void {
    const agent = `agent ${number}`;
    this.timeline.after(atMs - 20, () => this.#publish({ agent, isRevoked: false }));
    this.timeline.after(atMs, () => {
      this.#askedAtMs.set(agent, this.timeline.nowMs);
      this.#missing.set(agent, this.#gateways.length);
      this.#through.push(0);
      this.timeline.after(this.#load.publishMs, () => this.#publish({ agent, isRevoked: true }));
      this.#callOn(agent, number, this.#random.pick(this.#gateways.length));
    });
  }

  report(): RevocationRun {
    return {
      unreached: this.#load.revocations - this.#lastMs.length,
      lastGatewayP50Ms: quantile(this.#lastMs, 0.5),
      lastGatewayP99Ms: quantile(this.#lastMs, 0.99),
      anyGatewayP99Ms: quantile(this.#eachMs, 0.99),
      worstMs: Math.max(...this.#lastMs),
      callsThroughMean: this.#through.reduce((sum, calls) => sum + calls, 0) / this.#through.length,
      callsThroughWorst: Math.max(...this.#through),
      deafShare: this.#looked.deaf / this.#looked.moments,
    };
  }

  #publish(said: Omit<Notice, 'seq'>): void {
    const notice = { ...said, seq: this.#log.length + 1 };
    this.#log.push(notice);
    for (const [region, hub] of this.#hubs.entries()) this.#tell(roundTripMs(0, region), hub, notice);
  }

  /** A hub says everything again, once, to the gateways of its region. */
  #addRegion(region: number): void {
    const log: (Notice | undefined)[] = [];
    const below: Listener[] = [];
    const feed = new RevocationFeed('as they come', (notice) => {
      if (log[notice.seq - 1] !== undefined) return;
      log[notice.seq - 1] = notice;
      for (const listener of below) this.#tell(local.roundTripMs, listener, notice, hub);
    });
    const hub: Listener = { feed, heardMs: 0 };
    this.#hubs.push(hub);
    this.#beat(roundTripMs(0, region), hub, () => this.#log);
    for (let number = 0; number < this.#load.gatewaysOfRegion; number += 1) {
      const gateway = this.#addGateway(`${region}.${number}`);
      below.push(gateway);
      this.#beat(local.roundTripMs, gateway, () => log.slice(0, feed.complete), hub);
    }
  }

  #addGateway(name: string) {
    const revoked = new Set<string>();
    const feed = new RevocationFeed(
      this.#load.order ?? 'the newest of each agent',
      ({ agent, isRevoked }) => {
        if (!isRevoked) revoked.delete(agent);
        else if (!revoked.has(agent)) this.#learn(name, agent, revoked);
      },
    );
    const gateway = { name, revoked, feed, heardMs: 0 };
    this.#gateways.push(gateway);
    return gateway;
  }

  #learn(name: string, agent: string, revoked: Set<string>): void {
    revoked.add(agent);
    this.#referee.learn(name, agent);
    const missing = (this.#missing.get(agent) ?? 0) - 1;
    this.#missing.set(agent, missing);
    const tookMs = this.timeline.nowMs - (this.#askedAtMs.get(agent) ?? 0);
    this.#eachMs.push(tookMs);
    if (missing === 0) this.#lastMs.push(tookMs);
  }

  /** A listener is as fresh as what it hears: behind a hub that is deaf, everybody is. */
  #tell(roundTrip: number, listener: Listener, notice: Notice, hub?: Listener): void {
    const heardMs = hub?.heardMs ?? this.timeline.nowMs;
    this.#send(roundTrip / 2, () => {
      listener.heardMs = Math.max(listener.heardMs, heardMs);
      listener.feed.hear(notice);
    });
  }

  /** Says how far the log goes; who misses something asks, and is told all of it again. */
  #beat(
    roundTrip: number,
    listener: Listener,
    log: () => readonly (Notice | undefined)[],
    hub?: Listener,
  ): void {
    const next = (): void => {
      const heardMs = hub?.heardMs ?? this.timeline.nowMs;
      const length = log().length;
      this.#send(roundTrip / 2, () => {
        listener.heardMs = Math.max(listener.heardMs, heardMs);
        if (listener.feed.complete < length)
          this.#send(roundTrip / 2, () => {
            for (const notice of log().slice(listener.feed.complete))
              if (notice !== undefined) this.#tell(roundTrip, listener, notice, hub);
          });
      });
      this.timeline.after(heartbeatMs, next);
    };
    this.timeline.after(this.#random.draw() * heartbeatMs, next);
  }

  /** The agent calls on for three seconds, whatever it is told. */
  #callOn(agent: string, number: number, place: number): void {
    const endMs = this.timeline.nowMs + 3000;
    const call = (): void => {
      const gateway = this.#gateways[place];
      if (gateway === undefined || this.timeline.nowMs > endMs) return;
      const isDeaf = this.timeline.nowMs - gateway.heardMs > deafAfterMs;
      this.#looked.moments += 1;
      if (isDeaf) this.#looked.deaf += 1;
      else if (!gateway.revoked.has(agent)) {
        this.#referee.call(gateway.name, agent);
        this.#through[number] = (this.#through[number] ?? 0) + 1;
      }
      this.timeline.after(this.#random.wait(1000 / this.#load.callsPerSecond), call);
    };
    call();
  }
}
