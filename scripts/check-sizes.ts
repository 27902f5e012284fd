import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type ParsedSource, parseSource } from './check/parse-source.ts';
import { type Report, reportItem, sumReports } from './check/report.ts';
import { runCheck } from './check/run-check.ts';
import { isSource, isTest, readTree, repositoryRoot, type Tree } from './check/tree.ts';

const fileLines = 400;
const testFileLines = 700;
const functionLines = 80;
/** Tables are data: one row more makes nothing harder to read. */
const tables = new Set(['test/requirements.ts']);
const consoleScriptKilobytes = 220;
const functionTypes = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

/** Caps the length of files and functions, and what a browser loads first. One assertion a cap. */
export function checkSizes(tree: Tree, console: string | undefined): Report {
  const files = [...tree].filter(([path]) => isSource(path));
  const sources = files.filter(([path]) => !isTest(path)).map(([path, text]) => parseSource(path, text));
  const lengths = files
    .filter(([path]) => !isTest(path) && !tables.has(path))
    .map(([, text]) => countLines(text));
  const script = console === undefined ? undefined : measureFirstScript(console);
  return sumReports([
    reportItem(files.flatMap(([path, text]) => findLongFile(path, countLines(text)))),
    reportItem(sources.flatMap(findLongFunctions)),
    ...(script === undefined ? [] : [reportItem(findHeavyScript(script))]),
    {
      passed: 0,
      failures: [],
      notes: [
        ...describe(lengths),
        ...(script === undefined ? [] : [`console first load: ${script.toFixed(0)} kB of script (gzip)`]),
      ],
    },
  ]);
}

const countLines = (text: string): number => text.split('\n').length - (text.endsWith('\n') ? 1 : 0);

function findLongFile(path: string, lines: number): string[] {
  if (tables.has(path)) return [];
  const limit = isTest(path) ? testFileLines : fileLines;
  return lines > limit ? [`${path}: ${lines} lines, at most ${limit}`] : [];
}

function findLongFunctions(source: ParsedSource): string[] {
  return source.nodes.flatMap((node) => {
    if (!functionTypes.has(node.type)) return [];
    const first = source.lineAt(node.start);
    const lines = source.lineAt(node.end) - first + 1;
    return lines > functionLines
      ? [`${source.path}:${first} a function of ${lines} lines, at most ${functionLines}`]
      : [];
  });
}

function findHeavyScript(kilobytes: number): string[] {
  return kilobytes > consoleScriptKilobytes
    ? [
        `packages/console/dist: ${kilobytes.toFixed(0)} kB of script on first load, at most ${consoleScriptKilobytes}`,
      ]
    : [];
}

/** The scripts that the built index.html names or preloads, as a browser would receive them. */
function measureFirstScript(dist: string): number {
  const html = readFileSync(join(dist, 'index.html'), 'utf8');
  const names = [...html.matchAll(/(?:src|href)="\/?([^"]+\.js)"/g)].map((match) => match[1] ?? '');
  return names.reduce((sum, name) => sum + gzipSync(readFileSync(join(dist, name))).length, 0) / 1000;
}

function describe(lengths: readonly number[]): string[] {
  if (lengths.length === 0) return [];
  const sorted = lengths.toSorted((a, b) => a - b);
  const median = sorted[sorted.length >> 1];
  const average = Math.round(sorted.reduce((sum, lines) => sum + lines, 0) / sorted.length);
  return [
    `${sorted.length} source files, ${average} lines on average, median ${median}, longest ${sorted.at(-1)}`,
  ];
}

export function findConsoleBuild(root: string = repositoryRoot): string | undefined {
  const dist = join(root, 'packages', 'console', 'dist');
  return existsSync(join(dist, 'index.html')) ? dist : undefined;
}

await runCheck(import.meta, () => checkSizes(readTree(), findConsoleBuild()));
