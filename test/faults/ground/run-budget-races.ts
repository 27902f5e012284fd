import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type EnrolledAgent,
  type GatewayDriver,
  PATIENT,
  startGateway,
  startGatewayProcess,
  startPlainUpstream,
  toolCall,
  type Upstream,
  useTestDatabase,
} from '@countersign/testkit';
import { isResult, readRefusal } from '../../attacks/ground/read-refusal.ts';
import { createRandom } from './random.ts';

export interface RaceOptions {
  readonly runs: number;
  /** Decides the amounts, and when each kill comes. */
  readonly seed: number;
  /** A PostgreSQL server to keep the data on; without it, it is in SQLite. */
  readonly databaseServer?: string;
  /** Kills the server (SIGKILL) once in the middle of every run and starts it again. */
  readonly kills?: boolean;
  readonly onRun?: (run: RaceRun) => void;
}

/** What one run let out, by the upstream's own account. */
export interface RaceRun {
  readonly run: number;
  readonly calls: number;
  readonly money: number;
  readonly refused: number;
  /** Empty when nothing was overspent, and nothing left that somebody was refused. */
  readonly broken: readonly string[];
}

const AGENTS = 4;
const CALLERS = 64;
const LARGEST = 9;
const MOST = { money: 600, calls: 130, ofAgent: 45, ofDelegation: 220, bytes: 600_000 };
const AT_LEAST_ASIDE = 20_000;
const LONGEST_RUN_MILLISECONDS = 60_000;

interface Server {
  readonly driver: GatewayDriver;
  kill(): Promise<Server>;
  stop(): Promise<void>;
}

/** Sixty-four callers at once against budgets and limits of every kind, over and over; each run has counters of its own. */
export async function runBudgetRaces(options: RaceOptions): Promise<readonly RaceRun[]> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-races-'));
  const upstream = await startPlainUpstream();
  const database = await useTestDatabase(folder, options.databaseServer);
  let server = await (options.kills
    ? startProcess(folder, 0, options)
    : startHere(folder, database.environment));
  const { administrator } = server.driver;
  const runs: RaceRun[] = [];
  try {
    await server.driver.addUpstream('shop', { url: upstream.url, maxResultBytes: 2000 });
    await server.driver.operator('PUT', '/v1/upstreams/shop/tools/pay/classification', {
      effects: ['write', 'spend'],
      dataDomain: 'payments',
      amountPointer: '/amount',
      amountCurrency: '/currency',
    });
    const random = createRandom(options.seed);
    for (let number = 0; number < options.runs; number += 1) {
      const race = new Race(number, upstream, random, { administrator });
      server = await race.run(server, options.kills === true);
      const run = await race.judge(server, options.kills === true);
      runs.push(run);
      options.onRun?.(run);
    }
  } finally {
    await server.stop();
    await upstream.close();
    await database.giveBack();
    rmSync(folder, { recursive: true, force: true });
  }
  return runs;
}

async function startHere(folder: string, environment: { readonly [name: string]: string }): Promise<Server> {
  const gateway = await startGateway({ folder, environment: { ...environment, ...PATIENT } });
  return { driver: gateway, kill: () => Promise.reject(new Error('not here')), stop: () => gateway.stop() };
}

async function startProcess(folder: string, port: number, options: RaceOptions): Promise<Server> {
  const { databaseServer } = options;
  const gateway = await startGatewayProcess({
    folder,
    port,
    environment: PATIENT,
    ...(databaseServer && { databaseServer }),
  });
  return {
    driver: gateway,
    async kill() {
      await gateway.kill();
      return startProcess(folder, Number(new URL(gateway.url).port), options);
    },
    stop: () => gateway.stop(),
  };
}

class Race {
  readonly #number: number;
  readonly #upstream: Upstream;
  readonly #random: () => number;
  readonly #people: Pick<GatewayDriver, 'administrator'>;
  readonly #before: number;
  readonly #until = Date.now() + LONGEST_RUN_MILLISECONDS;
  #agents: readonly EnrolledAgent[] = [];
  #refused = 0;
  readonly #odd = new Set<string>();

  constructor(
    number: number,
    upstream: Upstream,
    random: () => number,
    people: Pick<GatewayDriver, 'administrator'>,
  ) {
    this.#number = number;
    this.#upstream = upstream;
    this.#random = random;
    this.#people = people;
    this.#before = upstream.journal.calls('pay').length;
  }

  async run(server: Server, kills: boolean): Promise<Server> {
    const { driver } = server;
    const limits = { spendMinor: MOST.ofDelegation, currency: 'EUR' };
    const activated = await driver.activatePolicy(`@id("run-${this.#number}")
      @limit("per=owner; money=${MOST.money}:EUR; bytes=${MOST.bytes}, per=tool; calls=${MOST.calls}; within=366d, per=agent; calls=${MOST.ofAgent}")
      permit (principal, action, resource);`);
    if (activated.status !== 201) throw new Error(activated.body);
    const owner = this.#people.administrator;
    this.#agents = await Promise.all(
      Array.from({ length: AGENTS }, (_, n) =>
        driver.enrol({ name: `racer-${this.#number}-${n}`, owner, limits }),
      ),
    );
    const url = `${driver.url}/mcp/shop`;
    // The driver of a server that was started again does not know which endpoints this test has made.
    const tokens = await Promise.all(
      this.#agents.map(({ agent, task }) => agent.token({ task, resource: [url] })),
    );
    const callers = Array.from({ length: CALLERS }, (_, n) => {
      const agent = this.#agents[n % AGENTS];
      return agent && this.#callUntilRefused(agent, url, tokens[n % AGENTS] ?? '');
    });
    if (!kills) {
      await Promise.all(callers);
      return server;
    }
    await sleep(this.#random() * 400);
    const [again] = await Promise.all([server.kill(), ...callers]);
    return again;
  }

  /** Amounts get smaller, so that what is left is found, too. */
  async #callUntilRefused(agent: EnrolledAgent, url: string, token: string): Promise<void> {
    let amount = 1 + Math.floor(this.#random() * LARGEST);
    while (amount > 0 && Date.now() < this.#until) {
      const { message, headers } = toolCall('pay', { to: 'DE00', amount, currency: 'EUR' });
      const reply = await agent.agent.send({ url, token, message, headers }).catch(() => null);
      // The server is gone, or not back yet.
      if (reply === null || reply.status === 0) {
        await sleep(50);
        continue;
      }
      if (isResult(reply)) continue;
      const code = readRefusal(reply) ?? String(reply.status);
      // Bytes that calls under way have set aside come back.
      if (reply.body.includes('set aside')) {
        await sleep(5);
        continue;
      }
      this.#refused += 1;
      if (code === 'action.limit_reached' || code === 'task.budget_spent') amount = Math.floor(amount / 2);
      else if (reply.status !== 503) this.#odd.add(`${code} ${reply.body}`);
      if (this.#odd.size > 0) return;
    }
  }

  /** The upstream's account and the server's against what was to be the most. */
  async judge({ driver }: Server, kills: boolean): Promise<RaceRun> {
    const broken: string[] = [...this.#odd].map((code) => `an unexpected ${code}`);
    const check = (what: string, used: number, most: number): void => {
      if (used > most) broken.push(`${what}: ${used} of ${most}`);
    };
    const paid = this.#upstream.journal.calls('pay').slice(this.#before);
    const money = paid.reduce((sum, call) => sum + (call.arguments as { amount: number }).amount, 0);
    check('money', money, MOST.money);
    check('calls', paid.length, MOST.calls);
    const { json } = await driver.operator('GET', '/v1/policies/limits');
    const { items } = json as { items: readonly { per: string; unit: string; used: number; most: number }[] };
    for (const { per, unit, used, most } of items) check(`counted ${unit} per ${per}`, used, most);
    const counted = (per: string, unit: string) =>
      items
        .filter((item) => item.per === per && item.unit === unit)
        .reduce((sum, item) => sum + item.used, 0);
    const accounts: readonly [string, number, number][] = [
      ['money', counted('owner', 'EUR'), money],
      ['calls of the tool', counted('tool', 'calls'), paid.length],
      ['calls of the agents', counted('agent', 'calls'), paid.length],
    ];
    for (const [what, ours, theirs] of accounts) {
      // What was decided when the kill came may not have gone out; it stays counted.
      if (kills ? ours < theirs : ours !== theirs) broken.push(`${what}: ${ours} counted, ${theirs} arrived`);
    }
    for (const { task } of this.#agents) {
      const answer = await driver.operator('GET', `/v1/tasks/${task}`);
      check(
        'delegated money',
        (answer.json as { used: { spendMinor: number } }).used.spendMinor,
        MOST.ofDelegation,
      );
    }
    const isUsedUp =
      counted('owner', 'EUR') === MOST.money ||
      counted('tool', 'calls') === MOST.calls ||
      // What calls had set aside when the server was killed stays counted.
      counted('owner', 'bytes') > MOST.bytes - AT_LEAST_ASIDE;
    if (!isUsedUp) broken.push(`nothing was used up: ${JSON.stringify(items)}`);
    return { run: this.#number, calls: paid.length, money, refused: this.#refused, broken };
  }
}
