import { execFileSync } from 'node:child_process';
import { totalmem } from 'node:os';
import type { BusKind } from './bus.ts';
import { type FaultName, faultNames } from './faults.ts';
import { type ReplicaRun, runReplicas } from './run-replicas.ts';

export interface ShowOptions {
  readonly gateways: string;
  readonly bus: string;
  /** One, or several divided by commas, or `all`. */
  readonly fault: string;
  readonly runs: string;
  readonly seed: number;
  readonly brief: boolean;
  readonly json: boolean;
  readonly say: (line: string) => void;
}

const usage =
  'usage: npm run faults -- replicas [--gateways N] [--bus postgres|nats] [--fault all|NAME,…] [--runs N] [--seed N] [--brief] [--json]';

/** Runs of each fault and prints a line for each run, then a table. Resolves with whether every promise was kept. */
export async function showReplicas(options: ShowOptions): Promise<boolean> {
  const { say, seed } = options;
  const gateways = Number(options.gateways);
  const runs = Number(options.runs);
  const bus = options.bus as BusKind;
  const faults = readFaults(options.fault);
  const isNumber = (value: number, most: number) => Number.isInteger(value) && value >= 1 && value <= most;
  if (
    faults === undefined ||
    !['postgres', 'nats'].includes(bus) ||
    !isNumber(gateways, 32) ||
    !isNumber(runs, 10_000)
  ) {
    say(usage);
    return false;
  }
  say(`${gateways} gateways, bus ${bus}, ${runs} runs of each fault, seed ${seed}, ${gigabytes()} GiB`);
  const begun = performance.now();
  const report = await runReplicas({
    ...{ gateways, bus, faults, seed, isBrief: options.brief },
    runs: runs * faults.length,
    onRun: (run) => describeRun(run).forEach(say),
  });
  const seconds = Math.round((performance.now() - begun) / 1000);
  say(`\nPostgreSQL ${report.postgres}${bus === 'nats' ? `, ${readNatsVersion()}` : ''}, ${seconds} s`);
  say(
    `${report.records} records in ${report.streams} streams, each verified against every checkpoint that was signed\n`,
  );
  for (const line of tabulate(faults, report.runs)) say(line);
  const broken = report.runs.flatMap((run) => run.broken);
  const verdict = `${broken.length} promises were broken; look into ${report.folder}.`;
  say(`\n${broken.length === 0 ? 'Every promise was kept in every run.' : verdict}`);
  if (options.json) {
    const all = report.runs.map((run) => ({ ...run, refusals: Object.fromEntries(run.refusals) }));
    process.stdout.write(`${JSON.stringify({ gateways, bus, seed, seconds, runs: all })}\n`);
  }
  return broken.length === 0;
}

function readFaults(text: string): readonly FaultName[] | undefined {
  if (text === 'all') return faultNames;
  const names = text.split(',');
  const known = faultNames.filter((name) => names.includes(name));
  return known.length === names.length ? known : undefined;
}

function describeRun(run: ReplicaRun): readonly string[] {
  const refusals = [...run.refusals].map(([code, times]) => `${code} ${times}`).join(', ');
  return [
    `${String(run.run + 1).padStart(4)}  ${run.what}; serving again after ${run.recoveredMilliseconds} ms; ${run.arrived} calls, ${run.paid} paid, ${run.released} released, ${run.unknown} unknown, latest ${run.lateMilliseconds} ms after the revocation (${refusals})`,
    ...run.broken.map((line) => `BROKEN  ${line}`),
  ];
}

/** A line for each fault. */
function tabulate(faults: readonly FaultName[], runs: readonly ReplicaRun[]): readonly string[] {
  const head = [
    'fault',
    'runs',
    'calls',
    'unknown',
    'again p50 ms',
    'worst ms',
    'late worst ms',
    'fenced',
    'broken',
  ];
  const rows = faults.map((fault) => {
    const own = runs.filter((run) => run.fault === fault);
    const again = own.map((run) => run.recoveredMilliseconds).sort((a, b) => a - b);
    const total = (pick: (run: ReplicaRun) => number) => own.reduce((sum, run) => sum + pick(run), 0);
    const late = Math.max(0, ...own.map((run) => run.lateMilliseconds));
    return [
      ...[fault, own.length, total((run) => run.arrived), total((run) => run.unknown)],
      ...[again[Math.floor(again.length / 2)] ?? 0, again.at(-1) ?? 0, late],
      ...[total((run) => run.fenced), total((run) => run.broken.length)],
    ].map(String);
  });
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}

function gigabytes(): string {
  return (totalmem() / 2 ** 30).toFixed(0);
}

function readNatsVersion(): string {
  try {
    return execFileSync('nats-server', ['--version'], { stdio: 'pipe' }).toString().trim();
  } catch {
    return 'nats-server';
  }
}
