import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Report } from '../check/report.ts';
import { readTree, repositoryRoot } from '../check/tree.ts';
import { checkBoundaries } from '../check-boundaries.ts';
import { checkConfig } from '../check-config.ts';
import { checkDocs } from '../check-docs.ts';
import { checkErrors } from '../check-errors.ts';
import { checkEvents } from '../check-events.ts';
import { checkPermissions } from '../check-permissions.ts';
import { checkRequirements, readRequirements } from '../check-requirements.ts';
import { checkSizes, findConsoleBuild } from '../check-sizes.ts';
import { checkTree } from '../check-tree.ts';
import { makeQuickFolder } from './quick-folder.ts';
import { readVitestReport } from './read-vitest-report.ts';
import { runProgram } from './run-program.ts';
import type { Step } from './step.ts';

const reports = join(repositoryRoot, '.cache', 'verify');

/** Everything that must hold, quick things first. Each project's limit in seconds bounds a hang, not a slow machine. */
export function listSteps(): Step[] {
  return [
    toolStep('types', 'typescript/bin/tsc', ['-b'], /error TS\d+/g),
    toolStep(
      'lint',
      '@biomejs/biome/bin/biome',
      ['check', '--colors=off', '--max-diagnostics=50', '.'],
      /^\S+:\d+:\d+ |━━━$/gm,
    ),
    checkStep('boundaries', () => checkBoundaries(readTree())),
    checkStep('errors', () => checkErrors(readTree())),
    checkStep('events', () => checkEvents(readTree())),
    checkStep('permissions', () => checkPermissions(readTree())),
    checkStep('requirements', async () => checkRequirements(readTree(), await readRequirements())),
    checkStep('config', () => checkConfig(readTree())),
    checkStep('docs', () => checkDocs(readTree())),
    checkStep('sizes', () => checkSizes(readTree(), findConsoleBuild())),
    checkStep('tree', () => checkTree(readTree())),
    projectStep('unit', 1200),
    projectStep('postgres', 1200),
    projectStep('scenarios', 1200),
    toolStep('hook-types', 'typescript/bin/tsc', ['-p', 'test/hooks'], /error TS\d+/g),
    projectStep('hooks', 600),
    projectStep('attacks', 1200),
    // What is killed while it works is given the machine, so that it gets somewhere before.
    projectStep('faults', 900, 'disk'),
    ...[projectStep('browser', 900), projectStep('conformance', 900), projectStep('differential', 1200)].map(
      (step) => ({ ...step, waits: true as const }),
    ),
  ];
}

function checkStep(name: string, check: () => Report | Promise<Report>): Step {
  return {
    name,
    async run() {
      const { passed, failures, notes = [] } = await check();
      return { passed, failed: failures.length, output: failures.join('\n'), notes };
    },
  };
}

/** A tool that counts as one when it holds, and as its number of complaints when it does not. */
function toolStep(name: string, script: string, args: readonly string[], complaint: RegExp): Step {
  return {
    name,
    async run() {
      const { code, output } = await runProgram(script, args, 300);
      if (code === 0) return { passed: 1, failed: 0, output };
      return { passed: 0, failed: Math.max(1, output.match(complaint)?.length ?? 0), output };
    },
  };
}

function projectStep(
  project: string,
  limitSeconds: number,
  temporaryFiles: 'disk' | 'memory' = 'memory',
): Step {
  return {
    name: project,
    async run() {
      const file = join(reports, `${project}.json`);
      mkdirSync(reports, { recursive: true });
      rmSync(file, { force: true });
      const quick = temporaryFiles === 'memory' ? makeQuickFolder() : undefined;
      const { code, output } = await runProgram(
        'vitest/vitest.mjs',
        [
          'run',
          '--project',
          project,
          '--allowOnly=false',
          '--reporter=default',
          '--reporter=json',
          `--outputFile.json=${file}`,
        ],
        limitSeconds,
        quick?.environment,
      );
      quick?.remove();
      return readVitestReport(readIfThere(file), code, output);
    },
  };
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
