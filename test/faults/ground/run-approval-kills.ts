import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type GatewayProcess, PATIENT, readJournal, startGatewayProcess } from '@countersign/testkit';
import { type ApprovalCrew, enlistApprovers } from './approval-crew.ts';
import { type ApprovalFacts, findApprovalLies } from './find-approval-lies.ts';
import { readMark } from './marks.ts';
import { createRandom } from './random.ts';
import { startUpstreamProcess, type UpstreamProcess } from './start-upstream-process.ts';

export interface ApprovalKillOptions {
  readonly rounds: number;
  /** Decides when in each step the kill comes. */
  readonly seed: number;
  /** Which way through its life comes first; there are twelve. */
  readonly first?: number;
  /** A PostgreSQL server to keep the data on; without it, it is in the folder. */
  readonly databaseServer?: string;
}

export interface ApprovalKillReport {
  readonly rounds: number;
  /** How often each last step was under way, or had just been answered, when the kill came. */
  readonly killedIn: ReadonlyMap<string, number>;
  readonly executed: number;
  readonly broken: readonly string[];
}

export type Step = 'ask' | 'escalate' | 'vote 1' | 'vote 2' | 'deny' | 'break glass' | 'release' | 'retry';

/** Every state of an approval, each reached in every way there is; the last step is the one that is killed. */
const PLANS: readonly (readonly Step[])[] = [
  ['ask'],
  ['ask', 'escalate'],
  ['ask', 'escalate', 'vote 1'],
  ['ask', 'escalate', 'vote 1', 'vote 2'],
  ['ask', 'escalate', 'deny'],
  ['ask', 'escalate', 'vote 1', 'deny'],
  ['ask', 'escalate', 'vote 1', 'vote 2', 'deny'],
  ['ask', 'break glass'],
  ['ask', 'escalate', 'vote 1', 'break glass'],
  ['ask', 'break glass', 'release'],
  ['ask', 'escalate', 'vote 1', 'vote 2', 'release'],
  ['ask', 'escalate', 'vote 1', 'vote 2', 'release', 'retry'],
];
const LONGEST_DELAY_MILLISECONDS = 60;
const ROUNDS_OF_ONE_AGENT = 12;

/** Kills a real server at every state of an approval, starts it again, and compares what it knows with what it said. */
export async function runApprovalKills(options: ApprovalKillOptions): Promise<ApprovalKillReport> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-approval-faults-'));
  const journalFile = join(folder, 'journal.jsonl');
  const upstream = await startUpstreamProcess(journalFile);
  try {
    return await runRounds(options, folder, journalFile, upstream);
  } finally {
    await upstream.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runRounds(
  options: ApprovalKillOptions,
  folder: string,
  journalFile: string,
  upstream: UpstreamProcess,
): Promise<ApprovalKillReport> {
  const random = createRandom(options.seed);
  const count = (mark: string): number =>
    existsSync(journalFile)
      ? readJournal(journalFile).filter(
          (one) => one.method === 'tools/call' && readMark(one.arguments) === mark,
        ).length
      : 0;
  const start = (port: number): Promise<GatewayProcess> =>
    startGatewayProcess({
      ...{ folder: join(folder, 'data'), port, environment: PATIENT },
      ...(options.databaseServer !== undefined && { databaseServer: options.databaseServer }),
    });
  let gateway = await start(0);
  const port = Number(new URL(gateway.url).port);
  const killedIn = new Map<string, number>();
  const broken: string[] = [];
  let executed = 0;
  try {
    const crew = await enlistApprovers(gateway, upstream.url);
    for (let round = 0; round < options.rounds && broken.length === 0; round += 1) {
      const plan = PLANS[(round + (options.first ?? 0)) % PLANS.length] ?? ['ask'];
      if (round % ROUNDS_OF_ONE_AGENT === 0) await crew.enrol(gateway);
      const facts = await playAndKill(gateway, crew, `m${round}`, plan, random);
      killedIn.set(facts.last, (killedIn.get(facts.last) ?? 0) + 1);
      gateway = await start(port);
      broken.push(...(await findApprovalLies(crew, facts, () => count(facts.mark))));
      executed += count(facts.mark);
    }
  } finally {
    await gateway.stop();
  }
  return { rounds: options.rounds, killedIn, executed, broken };
}

/** Plays all steps but the last to their end, and kills the server while the last is under way. */
async function playAndKill(
  gateway: GatewayProcess,
  crew: ApprovalCrew,
  mark: string,
  plan: readonly Step[],
  random: () => number,
): Promise<ApprovalFacts> {
  const last = plan.at(-1) ?? 'ask';
  const acknowledged: Step[] = [];
  let approval: string | undefined;
  const play = async (step: Step): Promise<void> => {
    const asked = await crew.play(step, mark, approval);
    approval ??= asked;
    acknowledged.push(step);
  };
  await crew.renew();
  for (const step of plan.slice(0, -1)) await play(step);
  const underWay = play(last).catch(() => {});
  await sleep(random() * LONGEST_DELAY_MILLISECONDS);
  await gateway.kill();
  await underWay;
  return { mark, approval, acknowledged, last };
}
