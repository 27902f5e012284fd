import { parseArgs } from 'node:util';
import { runContainmentBench } from './containment/run-containment-bench.ts';
import { runDatabaseBench } from './database/run-database-bench.ts';
import { runLedgerBench } from './ledger/run-ledger-bench.ts';
import { describeMachine } from './machine.ts';
import { runOffboardingBench } from './offboarding/run-offboarding-bench.ts';
import { runPathBench } from './path/run-path-bench.ts';
import { runPolicyBench } from './policy/run-policy-bench.ts';
import { renderTable } from './render-table.ts';
import { runReplicaBench } from './replicas/run-replica-bench.ts';
import { runRevokeBench } from './revoke/run-revoke-bench.ts';
import { runScaleBench } from './scale/run-scale-bench.ts';
import { runStartBench } from './start/run-start-bench.ts';
import { runTokensBench } from './tokens/run-tokens-bench.ts';

export interface BenchReport {
  readonly figures: Readonly<Record<string, unknown>>;
  readonly notes: readonly string[];
}

export interface BenchOptions {
  /** Interleaved rounds; medians are reported. */
  readonly rounds: number;
  readonly progress: (text: string) => void;
  /** Where recorded runs are. */
  readonly data?: string;
  /** Where every miss is written, a JSON line each. */
  readonly misses?: string;
  /** Sizes of the ledger, in records. */
  readonly records?: string;
  /** Lines of other benches' `--json`, whose figures take the place of the documented ones. */
  readonly costs?: string;
  /** How many gateways on one PostgreSQL; of the path, several numbers divided by commas. */
  readonly replicas?: string;
  /** Over which those tell one another what has changed. */
  readonly bus?: string;
}

const benches: Readonly<Record<string, (options: BenchOptions) => Promise<BenchReport>>> = {
  containment: runContainmentBench,
  database: runDatabaseBench,
  ledger: runLedgerBench,
  offboarding: runOffboardingBench,
  path: runPathBench,
  policy: runPolicyBench,
  replicas: (options) => runReplicaBench('replicas', { replicas: '2', ...options }),
  revoke: runRevokeBench,
  scale: runScaleBench,
  start: runStartBench,
  tokens: runTokensBench,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    data: { type: 'string' },
    misses: { type: 'string' },
    records: { type: 'string' },
    costs: { type: 'string' },
    replicas: { type: 'string' },
    bus: { type: 'string' },
  },
});
const name = positionals[0] ?? '';
const bench = Object.hasOwn(benches, name) ? benches[name] : undefined;
const rounds = Number(values.rounds);
if (bench === undefined || !Number.isInteger(rounds) || rounds < 1 || rounds > 50) {
  console.error(
    `usage: npm run bench -- <${Object.keys(benches).join('|')}> [--rounds N] [--data DIR] [--misses FILE] [--records N,N] [--costs FILE] [--replicas N] [--bus postgres|nats] [--json]`,
  );
  process.exit(2);
}
const progress = (text: string): void => console.error(text);
const say = values.json ? progress : (text: string): void => console.log(text);
say(await describeMachine());
const { data, misses, records, costs, replicas, bus } = values;
const chosen = replicas === undefined ? bench : (options: BenchOptions) => runReplicaBench(name, options);
const report = await chosen({
  rounds,
  progress,
  ...(data !== undefined && { data }),
  ...(misses !== undefined && { misses }),
  ...(records !== undefined && { records }),
  ...(costs !== undefined && { costs }),
  ...(replicas !== undefined && { replicas }),
  ...(bus !== undefined && { bus }),
});
say(renderTable(report.figures));
for (const note of report.notes) say(note);
if (values.json) console.log(JSON.stringify({ bench: name, figures: report.figures }));
