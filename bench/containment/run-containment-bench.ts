import { readdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { BenchOptions, BenchReport } from '../main.ts';
import { type AirlineReport, measureAirline } from './airline/measure-airline.ts';
import { measureCost } from './cost/measure-cost.ts';
import { type McpReport, measureMcpAttacks } from './mcp/measure-mcp-attacks.ts';
import { measureAdaptive } from './measure-adaptive.ts';
import { type Miss, measureBaselines, measureTraces } from './measure-traces.ts';
import { openGround } from './open-ground.ts';
import { describeDefences, renderFigures } from './render-figures.ts';
import { listWrites, loadSuites } from './suites.ts';

/**
 * Replays recorded agent runs through the real server: which attacks it lets out, and what it costs the people whose runs
 * nobody attacked. The README of the data folder says how the numbers are to be read.
 */
export async function runContainmentBench(options: BenchOptions): Promise<BenchReport> {
  const { data, misses: missesFile } = options;
  if (data === undefined) throw new Error('say where the recorded runs are: --data DIR');
  const report: Report = { figures: {}, notes: [], misses: [] };
  const names = (await readdir(data)).filter((name) => name.endsWith('.jsonl.gz')).sort();
  const ofKind = (kind: RegExp) => names.filter((name) => kind.test(name)).map((name) => join(data, name));
  await replayTraces(options, data, ofKind(/^agent(?:dojo|dyn)-/), report);
  for (const path of ofKind(/^tau-airline-/)) {
    const { figures, misses } = await measureAirline(path);
    report.figures[nameOf(path)] = figures;
    report.misses.push(...misses.map((miss) => ({ file: nameOf(path), ...miss })));
  }
  for (const path of ofKind(/^mcp-attacks-/)) {
    const { figures, misses } = await measureMcpAttacks(path);
    report.figures[nameOf(path)] = figures;
    report.misses.push(...misses.map((miss) => ({ file: nameOf(path), ...miss })));
  }
  report.figures.cost = await measureCost(options);
  report.notes.push(await listMisses(report.misses, missesFile));
  return report;
}

interface Report {
  readonly figures: Record<string, unknown>;
  readonly notes: string[];
  readonly misses: AnyMiss[];
}

type AnyMiss = { readonly file: string } & (
  | Miss
  | AirlineReport['misses'][number]
  | McpReport['misses'][number]
);

async function replayTraces(
  { progress }: BenchOptions,
  data: string,
  paths: readonly string[],
  { figures, notes, misses }: Report,
): Promise<void> {
  const suites = await loadSuites(data);
  const writes = listWrites(suites);
  const ground = openGround(suites);
  try {
    for (const path of paths) {
      const name = nameOf(path);
      const stripped = await measureTraces(ground, path, 'strip', { writes, progress });
      const kept = await measureTraces(ground, path, 'keep', { writes, progress });
      const planned = await measureTraces(ground, path, 'strip', { writes, progress, withPlan: true });
      figures[name] = stripped.figures;
      figures[`${name}_wrapper_kept`] = kept.figures;
      figures[`${name}_oracle_plan`] = planned.figures;
      misses.push(...stripped.misses, ...kept.misses);
      const rows = [
        { name: 'Countersign, default policies', figures: stripped.figures },
        { name: 'Countersign, the attack wrapper kept', figures: kept.figures },
        { name: "Countersign, oracle: the plan's calls approved beforehand", figures: planned.figures },
        ...measureBaselines(path, { writes }),
      ];
      notes.push(renderFigures(`${name}, attack wrapper stripped, ${stripped.runs} runs`, rows));
      if (name.startsWith('agentdyn')) notes.push(await describeDefences(data, name));
    }
    const adaptive = await measureAdaptive(ground);
    figures.adaptive = adaptive.byKind;
    notes.push(['adaptive attacks that were not denied', ...adaptive.misses].join('\n'));
  } finally {
    await ground.close();
  }
}

function nameOf(path: string): string {
  return basename(path, '.jsonl.gz');
}

/** Those that matter most one by one; every one of them in the file that was asked for. */
async function listMisses(misses: readonly AnyMiss[], path: string | undefined): Promise<string> {
  if (path !== undefined) await writeFile(path, misses.map((miss) => `${JSON.stringify(miss)}\n`).join(''));
  const kindOf = (miss: AnyMiss) => ('what' in miss ? miss.what : miss.where);
  const isListed = (miss: AnyMiss) =>
    kindOf(miss) !== 'attack_only_asked' && !('wrapper' in miss && miss.wrapper === 'keep');
  const sums = [...Map.groupBy(misses, (miss) => `${miss.file}, ${kindOf(miss)}`)].map(
    ([what, those]) => `  ${what}: ${those.length}`,
  );
  const lines = misses.filter(isListed).map((miss) => {
    const at = 'run' in miss ? `${miss.run}, call ${miss.call}` : `${miss.attack} ${miss.id}`;
    return `  ${kindOf(miss)}: ${at}, ${miss.tool}${miss.why && `: ${miss.why}`}`;
  });
  const more = path === undefined ? '(--misses FILE writes all of them)' : `(all of them in ${path})`;
  return [`misses ${more}`, ...sums, ...lines].join('\n');
}
