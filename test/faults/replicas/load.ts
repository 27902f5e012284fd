import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpReply, TestPerson } from '@countersign/testkit';
import { isPending, readAsked } from '../../attacks/ground/ask-to-pay.ts';
import { isResult, readRefusal } from '../../attacks/ground/read-refusal.ts';
import type { Cluster } from './cluster.ts';
import type { Member, MemberCall } from './crew.ts';
import type { Replica } from './replica.ts';

export interface LoadParts {
  readonly cluster: Cluster;
  readonly random: () => number;
  readonly approver: TestPerson;
  /** Several tasks on one delegated budget. */
  readonly spender: Member;
  /** Several tasks on one limit of a policy. */
  readonly counter: Member;
  /** Asks before each call. */
  readonly asker: Member;
  /** Loses its delegation in the middle. */
  readonly leaver: Member;
  /** Unique to the run. */
  readonly name: string;
}

/** What clients were told, and so may rely on. */
export interface Told {
  readonly results: { readonly mark: string; readonly at: number }[];
  readonly granted: { readonly approval: string; readonly mark: string }[];
  /** Refusals by code; `none` where no answer came. */
  readonly refusals: Map<string, number>;
}

export interface Load {
  readonly told: Told;
  /** Until the budget and the limit are used up, or the time is over; then every client has stopped. */
  finish(patienceMilliseconds: number): Promise<void>;
}

const SPENDERS = 4;
const COUNTERS = 2;
const LEAVERS = 2;
const ASKERS = 2;
const LARGEST = 9;
const PAUSE_MILLISECONDS = 20;
/** A client stays with a gateway for so many calls at the most, as on a connection that is kept. */
const LONGEST_STAY = 6;
const usedUp = new Set(['task.budget_spent', 'action.limit_reached']);

/** Begins at once. */
export function startLoad(parts: LoadParts): Load {
  const load = new RunningLoad(parts);
  load.begin();
  return load;
}

class RunningLoad implements Load {
  readonly told: Told = { results: [], granted: [], refusals: new Map() };
  readonly #parts: LoadParts;
  readonly #finite: Promise<void>[] = [];
  readonly #endless: Promise<void>[] = [];
  #isOver = false;
  #isEnding = false;
  #marks = 0;

  constructor(parts: LoadParts) {
    this.#parts = parts;
  }

  begin(): void {
    const { spender, counter, leaver, asker } = this.#parts;
    for (let n = 0; n < SPENDERS; n += 1) this.#finite.push(this.#spend(spender, n));
    for (let n = 0; n < COUNTERS; n += 1) this.#finite.push(this.#count(counter, n));
    for (let n = 0; n < LEAVERS; n += 1) this.#endless.push(this.#echo(leaver));
    for (let n = 0; n < ASKERS; n += 1) this.#endless.push(this.#ask(asker));
  }

  async finish(patienceMilliseconds: number): Promise<void> {
    this.#isEnding = true;
    await Promise.race([Promise.all(this.#finite), sleep(patienceMilliseconds, undefined, { ref: false })]);
    this.#isOver = true;
    await Promise.all([...this.#finite, ...this.#endless]);
  }

  /** Amounts get smaller, so that what is left is found, too. */
  async #spend(member: Member, task: number): Promise<void> {
    const stay = this.#stay();
    let amount = 1 + Math.floor(this.#parts.random() * LARGEST);
    while (amount > 0 && !this.#isOver) {
      const code = await this.#insist(member, {
        at: stay(),
        task,
        tool: 'pay',
        mark: this.#mark('pay'),
        amount,
      });
      if (code !== undefined && usedUp.has(code))
        amount = this.#isEnding && amount === 1 ? 0 : Math.ceil(amount / 2);
      await sleep(PAUSE_MILLISECONDS);
    }
  }

  async #count(member: Member, task: number): Promise<void> {
    const stay = this.#stay();
    while (!this.#isOver) {
      const code = await this.#insist(member, { at: stay(), task, tool: 'count', mark: this.#mark('count') });
      if (this.#isEnding && code !== undefined && usedUp.has(code)) return;
      await sleep(PAUSE_MILLISECONDS);
    }
  }

  async #echo(member: Member): Promise<void> {
    const stay = this.#stay();
    while (!this.#isOver) {
      await this.#insist(member, { at: stay(), task: 0, tool: 'echo', mark: this.#mark('leave') });
      await sleep(PAUSE_MILLISECONDS);
    }
  }

  /** A person is asked and says yes; then the same call goes to several gateways at once, of which one may let it out. */
  async #ask(member: Member): Promise<void> {
    while (!this.#isOver && !this.#isEnding) {
      const mark = this.#mark('wire');
      const call = { task: 0, tool: 'wire', mark } as const;
      const asked = await member.call({ at: this.#choose(), ...call });
      this.#note(asked, mark);
      await sleep(PAUSE_MILLISECONDS);
      if (!isPending(asked)) continue;
      const approval = readAsked(asked);
      const decided = await this.#decide(approval);
      if (decided) this.told.granted.push({ approval, mark });
      // Also where the answer was lost: it may be granted all the same.
      const attempts = [this.#choose(), this.#choose(), this.#choose()].map((at) =>
        member.call({ at, ...call }),
      );
      for (const reply of await Promise.all(attempts)) this.#note(reply, mark);
    }
  }

  async #decide(approval: string): Promise<boolean> {
    for (let tries = 0; tries < 10 && !this.#isOver; tries += 1) {
      const reply = await this.#parts.approver.decide(approval, 'approve').catch(() => undefined);
      if (reply?.status === 200) return true;
      if (reply !== undefined && reply.status < 500 && reply.status !== 0 && tries > 3) return false;
      await sleep(PAUSE_MILLISECONDS * 5);
    }
    return false;
  }

  /** A client that was cut off tries again, elsewhere; what it is told in the end. */
  async #insist(member: Member, call: MemberCall): Promise<string | undefined> {
    let { at } = call;
    for (let tries = 0; tries < 3; tries += 1) {
      const reply = await member.call({ ...call, at });
      const code = this.#note(reply, call.mark);
      if (reply.status !== 0 && reply.status !== 503) return code;
      if (this.#isOver) return code;
      await sleep(PAUSE_MILLISECONDS * 2);
      at = this.#choose();
    }
    return undefined;
  }

  #note(reply: HttpReply, mark: string): string | undefined {
    if (isResult(reply)) {
      if (!isPending(reply)) this.told.results.push({ mark, at: Date.now() });
      return undefined;
    }
    const code = readRefusal(reply) ?? (reply.status === 0 ? 'none' : String(reply.status));
    this.told.refusals.set(code, (this.told.refusals.get(code) ?? 0) + 1);
    return code;
  }

  #mark(kind: string): string {
    this.#marks += 1;
    return `${this.#parts.name}-${kind}-${this.#marks}`;
  }

  #choose(): Replica {
    const { cluster, random } = this.#parts;
    const chosen = cluster.replicas[Math.floor(random() * cluster.replicas.length)];
    if (chosen === undefined) throw new Error('there is no gateway');
    return chosen;
  }

  #stay(): () => Replica {
    let [at, left] = [this.#choose(), 0];
    return () => {
      if (left <= 0) [at, left] = [this.#choose(), 1 + Math.floor(this.#parts.random() * LONGEST_STAY)];
      left -= 1;
      return at;
    };
  }
}
