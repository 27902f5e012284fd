/** Figures of other benches, by bench. */
type Figures = ReadonlyMap<string, Readonly<Record<string, unknown>>>;

interface MeasuredCost {
  readonly value: number;
  /** The section of docs/performance.md, or the file, that it was taken from. */
  readonly source: string;
  readonly command: string;
  /** Where it stands in the figures of `--json`, as steps from the bench's name down. */
  readonly figure?: readonly string[];
}

const path = 'npm run bench -- path';
const ledger = 'npm run bench -- ledger';

/** Everything the simulation takes from measurements, and nothing that it assumes. */
export const measuredCosts = {
  /** Processor time of a governed call, all threads. */
  callMicroseconds: cost(1133, 'Figures, the later run', path, 'path', 'cpu_us', 'governed'),
  /** Of that, the ledger's writer: 120 of the quiet run, and half of what a call has become dearer by. */
  writerMicroseconds: cost(379, 'Where the time goes; Figures, the later run', path),
  /** Of that, verifying the proof, in the thread pool. */
  proofMicroseconds: cost(95, 'Where the time goes', path),
  /** Of that, compiler and garbage collector. */
  otherMicroseconds: cost(35, 'Where the time goes', path),
  /** Load and upstream, which share the two cores with the gateway in the bench: two cores over the rate of bare, less bare. */
  besidesMicroseconds: cost(198, 'Figures, the later run: 2 / 6,182 s less 126 us', path),
  callAloneMs: cost(2.3, 'Figures, the later run', path),
  callsPerSecond: cost(1157, 'Figures, the later run', path, 'path', 'calls_per_s'),
  /** Not told of the later run: 64 callers over its rate. */
  p50Ms: cost(55, 'Figures, the later run: 64 / 1,157 s', path, 'path', 'p50_ms'),
  /** Of the run of 3 rounds. */
  p99Ms: cost(99, 'Figures', path, 'path', 'p99_ms'),
  /** 10,000 agents in turn over one. */
  manyAgentsOverOne: cost(1.21, 'Figures, the later run', path, 'path', 'agents_10000_over_1'),
  /** A task that is not in memory: read, its token verified, its agent's key imported. */
  firstCallMs: cost(1.5, 'Figures', path),
  syncMs: cost(0.45, 'docs/adr/0002-embedded-store.md', 'npm run bench -- database'),
  /** Through one writer, everything that a record needs. */
  recordsPerSecondOfWriter: cost(
    8702,
    'The ledger',
    `${ledger} --records 1e5`,
    'ledger',
    'durable_records_per_s',
    'postgres',
  ),
  /** Bare rows of the same size in large commits: what the database alone can take. */
  rowsPerSecondOfPrimary: cost(37_000, 'The ledger', `${ledger} --records 1e5`),
  /** On disk with indexes: 11,858 MB for ten million. */
  bytesOfRecord: cost(1186, 'The ledger', `${ledger} --records 1e7`),
  /** Within one gateway, 10,000 live tasks. */
  revokeP99Ms: cost(3.8, 'Revoking', 'npm run bench -- revoke', 'revoke', 'p99_ms', '10000'),
  /** Within one gateway, 1,000 agents of the leaver. */
  leaverP99Ms: cost(13, 'A leaver', 'npm run bench -- offboarding', 'offboarding', 'p99_ms', '1000'),
  /** A start with data that is there already. */
  startMs: cost(1700, 'Starting', 'npm run bench -- start'),
  /** 908 MB before 10,000 agents with a task each called in turn, 1,232 MB after; garbage is in both. */
  kilobytesOfAgent: cost(33, 'docs/scale.md, How many', path),
  tasksInMemory: cost(20_000, 'packages/server/src/tasks/create-task-leases.ts', 'none: a limit of the code'),
  callsAtOnce: cost(2000, 'docs/operator.md, server.maxConcurrentCalls', 'none: a limit of the code'),
} satisfies Record<string, MeasuredCost>;

export type CostName = keyof typeof measuredCosts;
export type Costs = Readonly<Record<CostName, number>>;

/** The costs of the page; those that `lines`, reports of `--json`, have a figure for come from there. */
export function readCosts(lines = ''): { readonly costs: Costs; readonly replaced: readonly CostName[] } {
  const figures = readFigures(lines);
  const replaced: CostName[] = [];
  const costs: Partial<Record<CostName, number>> = {};
  for (const [name, { value, figure }] of Object.entries<MeasuredCost>(measuredCosts) as [
    CostName,
    MeasuredCost,
  ][]) {
    const found = figure === undefined ? undefined : findFigure(figures, figure);
    costs[name] = found ?? value;
    if (found !== undefined) replaced.push(name);
  }
  return { costs: costs as Costs, replaced };
}

function cost(value: number, source: string, command: string, ...figure: string[]): MeasuredCost {
  return { value, source, command, ...(figure.length > 0 && { figure }) };
}

function readFigures(lines: string): Figures {
  const figures = new Map<string, Readonly<Record<string, unknown>>>();
  for (const line of lines.split('\n').filter((text) => text.trim() !== '')) {
    const report: unknown = JSON.parse(line);
    if (!isObject(report) || typeof report.bench !== 'string' || !isObject(report.figures))
      throw new Error(`not a line that --json prints: ${line.slice(0, 80)}`);
    figures.set(report.bench, report.figures);
  }
  return figures;
}

function findFigure(figures: Figures, [bench = '', ...steps]: readonly string[]): number | undefined {
  let found: unknown = figures.get(bench);
  for (const step of steps) found = isObject(found) && Object.hasOwn(found, step) ? found[step] : undefined;
  return typeof found === 'number' && Number.isFinite(found) && found > 0 ? found : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
