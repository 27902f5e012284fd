#!/usr/bin/env node
import { cpus, release } from 'node:os';
import { parseArgs } from 'node:util';
import { startPostgres } from '@countersign/testkit';
import { runApprovalKills } from './ground/run-approval-kills.ts';
import { runBudgetRaces } from './ground/run-budget-races.ts';
import { runKills } from './ground/run-kills.ts';
import { traceCall } from './ground/trace-call.ts';
import { showReplicas } from './replicas/show-replicas.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    kills: { type: 'string', default: '200' },
    budgets: { type: 'string' },
    approvals: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    postgres: { type: 'boolean', default: false },
    trace: { type: 'boolean', default: false },
    gateways: { type: 'string', default: '2' },
    bus: { type: 'string', default: 'postgres' },
    fault: { type: 'string', default: 'all' },
    runs: { type: 'string', default: '50' },
    brief: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const kills = Number(values.kills);
const seed = Number(values.seed);
const say = (line: string) => (values.json ? process.stderr : process.stdout).write(`${line}\n`);

say(`Node ${process.version}, ${process.platform} ${release()}, ${cpus().length} × ${cpus()[0]?.model}`);
process.exitCode = (await choose()) ? 0 : 1;

function choose(): Promise<boolean> {
  if (positionals[0] === 'replicas') return showReplicas({ ...values, seed, say });
  if (values.trace) return showTrace();
  if (values.approvals !== undefined) return showApprovals(Number(values.approvals));
  return values.budgets === undefined ? showKills() : showRaces(Number(values.budgets));
}

/** At every state of an approval. */
async function showApprovals(rounds: number): Promise<boolean> {
  say(`${rounds} approvals, seed ${seed}`);
  const server = values.postgres ? await startPostgres() : undefined;
  try {
    const report = await runApprovalKills({
      ...{ rounds, seed },
      ...(server && { databaseServer: server.url }),
    });
    for (const [step, kills] of report.killedIn) say(`${String(kills).padStart(4)}  kills in ${step}`);
    for (const line of report.broken) say(`BROKEN  ${line}`);
    say(`${report.executed} executed, ${report.broken.length} lies`);
    const { broken, executed } = report;
    if (values.json) process.stdout.write(`${JSON.stringify({ rounds, seed, executed, broken })}\n`);
    return broken.length === 0;
  } finally {
    await server?.remove();
  }
}

/** On SQLite and on PostgreSQL. */
async function showRaces(runs: number): Promise<boolean> {
  const server = await startPostgres();
  try {
    return await raceOnBoth(runs, server.url);
  } finally {
    await server.remove();
  }
}

async function raceOnBoth(runs: number, databaseServer: string): Promise<boolean> {
  const broken: string[] = [];
  for (const database of ['SQLite', 'PostgreSQL']) {
    say(`${runs} runs of 64 callers on ${database}, seed ${seed}`);
    const begun = performance.now();
    const done = await runBudgetRaces({
      runs,
      seed,
      ...(database === 'PostgreSQL' && { databaseServer }),
      onRun({ run, calls, money, refused, broken: found }) {
        say(`${String(run + 1).padStart(4)}  ${calls} calls, ${money} minor units, ${refused} refused`);
        for (const line of found) say(`BROKEN  ${line}`);
      },
    });
    broken.push(...done.flatMap((run) => run.broken));
    say(`${Math.round((performance.now() - begun) / 1000)} s\n`);
  }
  say(broken.length === 0 ? 'Nothing was overspent by one unit.' : `${broken.length} accounts do not agree.`);
  if (values.json) process.stdout.write(`${JSON.stringify({ runs, seed, broken })}\n`);
  return broken.length === 0;
}

async function showTrace(): Promise<boolean> {
  const { lines, isSyncedFirst } = await traceCall();
  for (const line of lines) say(line);
  say(
    isSyncedFirst
      ? '\nThe decision was synced before the call was sent.'
      : '\nIT WAS SENT BEFORE IT WAS SYNCED.',
  );
  if (values.json) process.stdout.write(`${JSON.stringify({ isSyncedFirst, lines })}\n`);
  return isSyncedFirst;
}

async function showKills(): Promise<boolean> {
  say(`${kills} kills, seed ${seed}`);
  const begun = performance.now();
  const server = values.postgres ? await startPostgres() : undefined;
  const { witnesses: _, ...report } = await runKills({
    kills,
    seed,
    ...(server && { databaseServer: server.url }),
    onRestart({ kills: done, records, compareMilliseconds, broken }) {
      say(
        `${String(done).padStart(4)} kills  ${String(records).padStart(7)} records  compared in ${Math.round(compareMilliseconds)} ms  ${broken.length === 0 ? 'all there' : `${broken.length} broken`}`,
      );
    },
  });
  const seconds = Math.round((performance.now() - begun) / 1000);
  if (report.folder === null) await server?.remove();
  else await server?.stop();

  for (const line of report.broken.slice(0, 50)) say(`BROKEN  ${line}`);
  say(`
${report.kills} kills in ${seconds} s, ${report.killsInStart} of them while starting; the slowest start took ${report.slowestStartMilliseconds} ms
${report.records} records, ${report.arrived} calls at the upstream, ${report.acknowledged} acknowledgements to clients, ${report.checkpoints} checkpoints seen
${report.unknown} calls were cut by a kill after they were let out, and are recorded as unknown
${report.broken.length === 0 ? 'Every promise was kept after every restart.' : `${report.broken.length} promises were broken; look into ${report.folder}.`}`);
  if (values.json) process.stdout.write(`${JSON.stringify({ ...report, seed, seconds })}\n`);
  return report.broken.length === 0;
}
