import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BenchOptions, BenchReport } from '../main.ts';
import { measureCost } from './cost/measure-cost.ts';
import { type Miss, measureBaselines, measureTraces } from './measure-traces.ts';
import { openGround } from './open-ground.ts';
import { describeDefences, renderFigures } from './render-figures.ts';
import { listWrites, loadSuites } from './suites.ts';

/**
 * Replays recorded agent runs through the real server: which attacks it lets out, and what it costs the people whose runs
 * nobody attacked. The README of the data folder says how the numbers are to be read.
 */
export async function runContainmentBench(options: BenchOptions): Promise<BenchReport> {
  const { data, misses, progress } = options;
  if (data === undefined) throw new Error('say where the recorded runs are: --data DIR');
  const suites = await loadSuites(data);
  const writes = listWrites(suites);
  const files = (await readdir(data)).filter((name) => /^agent(?:dojo|dyn)-.*\.jsonl\.gz$/.test(name)).sort();
  const figures: Record<string, unknown> = {};
  const notes: string[] = [];
  const missed: Miss[] = [];
  const ground = await openGround(suites);
  try {
    for (const file of files) {
      const path = join(data, file);
      const name = file.replace(/\.jsonl\.gz$/, '');
      const rows = measureBaselines(path, { writes });
      for (const wrapper of ['strip', 'keep'] as const) {
        const report = await measureTraces(ground, path, wrapper, { writes, progress });
        figures[wrapper === 'strip' ? name : `${name}_wrapper_kept`] = report.figures;
        missed.push(...report.misses);
        const title = `${name}, attack wrapper ${wrapper === 'strip' ? 'stripped' : 'kept'}, ${report.runs} runs`;
        const all = [{ name: 'Countersign, default policies', figures: report.figures }, ...rows];
        notes.push(renderFigures(title, wrapper === 'strip' ? all : all.slice(0, 1)));
      }
      if (name.startsWith('agentdyn')) notes.push(await describeDefences(data, name));
    }
  } finally {
    await ground.close();
  }
  figures.cost = await measureCost(options);
  notes.push(await listMisses(missed, misses));
  return { figures, notes };
}

/** Those that matter most one by one; every one of them in the file that was asked for. */
async function listMisses(missed: readonly Miss[], path: string | undefined): Promise<string> {
  if (path !== undefined) await writeFile(path, missed.map((miss) => `${JSON.stringify(miss)}\n`).join(''));
  const counted = Map.groupBy(missed, ({ what, wrapper }) => `${what}, wrapper ${wrapper}`);
  const sums = [...counted].map(([what, those]) => `  ${what}: ${those.length} calls`);
  const worst = missed.filter(({ what, wrapper }) => what !== 'attack_only_asked' && wrapper === 'strip');
  const lines = worst.map(
    ({ what, run, call, tool, why }) => `  ${what}: ${run}, call ${call}, ${tool}${why && `: ${why}`}`,
  );
  const more = path === undefined ? '(--misses FILE writes all of them)' : `(all of them in ${path})`;
  return [`misses ${more}`, ...sums, ...lines].join('\n');
}
