import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type GatewayProcess, PATIENT, readJournal, startGatewayProcess } from '@countersign/testkit';
import type { Acknowledged } from './acknowledged.ts';
import { type Crew, enlistCrew } from './enlist-crew.ts';
import { findBrokenPromises, type Witnesses } from './find-broken-promises.ts';
import { createRandom } from './random.ts';
import { readBudgets } from './read-budgets.ts';
import { type KnownCheckpoint, readEvidence } from './read-evidence.ts';
import { startLoad } from './start-load.ts';
import { startUpstreamProcess, type UpstreamProcess } from './start-upstream-process.ts';

export interface KillOptions {
  readonly kills: number;
  /** Decides when each kill comes. */
  readonly seed: number;
  /** A PostgreSQL server to keep the data on; without it, it is in the folder. */
  readonly databaseServer?: string;
  readonly onRestart?: (restart: Restart) => void;
}

/** What was found when the server was up again after a kill. */
export interface Restart {
  readonly kills: number;
  readonly compareMilliseconds: number;
  readonly records: number;
  readonly broken: readonly string[];
}

export interface KillReport {
  readonly kills: number;
  readonly restarts: number;
  /** Kills that hit a process that was still starting. */
  readonly killsInStart: number;
  readonly records: number;
  readonly arrived: number;
  readonly acknowledged: number;
  /** Signed tree heads seen under load; each restart was held against the last one. */
  readonly checkpoints: number;
  /** Calls whose end the kill took with it; the ledger says so. */
  readonly unknown: number;
  readonly slowestStartMilliseconds: number;
  readonly broken: readonly string[];
  /** Kept for a look when something is broken; null otherwise. */
  readonly folder: string | null;
  /** The three accounts as they were at the end. */
  readonly witnesses: Witnesses;
}

const AGENTS = 4;
const WIDTH = 3;
const LONGEST_LOAD_MILLISECONDS = 1000;
const LONGEST_WARM_UP_MILLISECONDS = 10_000;
/** How often the kill does not wait until the first call has gone through. */
const EARLY_KILL_CHANCE = 0.2;
const KILL_IN_START_CHANCE = 0.2;

/** Kills a server at random moments under load, starts it again on the same folder, and compares all accounts each time. */
export async function runKills(options: KillOptions): Promise<KillReport> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-faults-'));
  const upstream = await startUpstreamProcess(join(folder, 'journal.jsonl'));
  const run = new KillRun(options, folder, upstream);
  try {
    const report = await run.go();
    if (report.folder === null) rmSync(folder, { recursive: true });
    return report;
  } finally {
    await upstream.stop();
  }
}

class KillRun {
  readonly #options: KillOptions;
  readonly #random: () => number;
  readonly #folder: string;
  readonly #upstream: UpstreamProcess;
  readonly #acknowledged: Acknowledged[] = [];
  readonly #broken: string[] = [];
  #known: KnownCheckpoint | undefined;
  #checkpoints = 0;
  #crew: Crew | undefined;
  #port = 0;
  #marks = 0;
  #kills = 0;
  #killsInStart = 0;
  #restarts = 0;
  #slowestStart = 0;

  constructor(options: KillOptions, folder: string, upstream: UpstreamProcess) {
    this.#options = options;
    this.#random = createRandom(options.seed);
    this.#folder = folder;
    this.#upstream = upstream;
  }

  async go(): Promise<KillReport> {
    let gateway = await this.#start();
    // The first start makes the data and says nothing about the ones after a kill.
    this.#slowestStart = 0;
    this.#port = Number(new URL(gateway.url).port);
    this.#crew = await enlistCrew(gateway, this.#upstream.url, AGENTS);
    let witnesses: Witnesses | undefined;
    while (this.#kills < this.#options.kills && this.#broken.length === 0) {
      await this.#loadAndKill(gateway, this.#crew);
      gateway = await this.#startAgain();
      witnesses = await this.#compare(gateway);
    }
    await gateway.stop();
    if (witnesses === undefined) throw new Error('nothing was killed');
    return this.#report(witnesses);
  }

  get #data(): string {
    return join(this.#folder, 'data');
  }

  async #loadAndKill(gateway: GatewayProcess, crew: Crew): Promise<void> {
    const underWay = new AbortController();
    const load = startLoad({
      gateway,
      crew,
      width: WIDTH,
      nextMark: () => `m${this.#marks++}`,
      acknowledge: (told, id) => {
        this.#acknowledged.push({ told, id });
        if (told === 'result') underWay.abort();
      },
      sawCheckpoint: (known) => {
        this.#known = known;
        this.#checkpoints += 1;
      },
    });
    const early = this.#random() < EARLY_KILL_CHANCE;
    if (!early) await sleep(LONGEST_WARM_UP_MILLISECONDS, undefined, underWay).catch(() => {});
    await sleep(this.#random() * LONGEST_LOAD_MILLISECONDS);
    await gateway.kill();
    this.#kills += 1;
    await load.stop();
  }

  /** Sometimes the process that picks up the pieces is killed over it, too. */
  async #startAgain(): Promise<GatewayProcess> {
    while (this.#kills < this.#options.kills && this.#random() < KILL_IN_START_CHANCE) {
      const signal = AbortSignal.timeout(Math.ceil(this.#random() * Math.max(this.#slowestStart, 500)));
      const started = await this.#start(signal).catch(() => undefined);
      // It was quicker than the kill, which then hits a server that has just begun to listen.
      await started?.kill();
      this.#kills += 1;
      this.#killsInStart += 1;
    }
    return this.#start();
  }

  async #start(signal?: AbortSignal): Promise<GatewayProcess> {
    const begun = performance.now();
    const gateway = await startGatewayProcess({
      folder: this.#data,
      port: this.#port,
      environment: PATIENT,
      ...(this.#options.databaseServer !== undefined && { databaseServer: this.#options.databaseServer }),
      ...(signal && { signal }),
    });
    if (signal === undefined) this.#slowestStart = Math.max(this.#slowestStart, performance.now() - begun);
    return gateway;
  }

  async #compare(gateway: GatewayProcess): Promise<Witnesses> {
    const begun = performance.now();
    const journalFile = join(this.#folder, 'journal.jsonl');
    const evidence = await readEvidence(gateway, this.#known);
    const witnesses: Witnesses = {
      evidence,
      journal: existsSync(journalFile) ? readJournal(journalFile) : [],
      acknowledged: this.#acknowledged,
      budgets: await readBudgets(this.#data, this.#options.databaseServer),
    };
    const broken = findBrokenPromises(witnesses);
    this.#broken.push(...broken);
    this.#restarts += 1;
    this.#options.onRestart?.({
      kills: this.#kills,
      compareMilliseconds: performance.now() - begun,
      records: evidence.report.records,
      broken,
    });
    return witnesses;
  }

  #report(witnesses: Witnesses): KillReport {
    const ends = [...witnesses.evidence.calls.values()].flat().flatMap((call) => call.ends);
    return {
      kills: this.#kills,
      restarts: this.#restarts,
      killsInStart: this.#killsInStart,
      records: witnesses.evidence.report.records,
      arrived: witnesses.journal.filter(({ method }) => method === 'tools/call').length,
      acknowledged: this.#acknowledged.length,
      checkpoints: this.#checkpoints,
      unknown: ends.filter((end) => end === 'unknown').length,
      slowestStartMilliseconds: Math.round(this.#slowestStart),
      broken: this.#broken,
      folder: this.#broken.length === 0 ? null : this.#folder,
      witnesses,
    };
  }
}
