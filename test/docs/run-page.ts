import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fence, MarkdownPage } from '../../scripts/docs/parse-markdown.ts';
import type { House } from './start-house.ts';

const limitMilliseconds = 30_000;

/** Does what a page says, block after block, in one folder. Variables that a shell block exports reach the next. */
export async function runPage(page: MarkdownPage, house: House): Promise<void> {
  for (const fence of listRuns(page)) {
    const { code, output } =
      fence.info === 'ts run' ? await runProgram(fence, house) : await runShell(fence, house);
    if (code !== 0) throw new Error(`${page.path}:${fence.line} ended with ${code}\n${output}`);
  }
}

export function listRuns({ fences }: MarkdownPage): readonly Fence[] {
  return fences.filter(({ info }) => info === 'sh run' || info === 'ts run');
}

const keep = "trap 'code=$?; export -p > .shell; exit $code' EXIT; [ ! -f .shell ] || . ./.shell";

function runShell({ text }: Fence, house: House): Promise<{ code: number; output: string }> {
  return run('bash', ['-c', `set -euo pipefail\n${keep}\n${text}`], house);
}

function runProgram({ text, line }: Fence, house: House): Promise<{ code: number; output: string }> {
  const file = `program-${line}.ts`;
  writeFileSync(join(house.folder, file), text);
  return run('bash', ['-c', `[ ! -f .shell ] || . ./.shell; exec "$0" ${file}`, process.execPath], house);
}

function run(
  command: string,
  args: readonly string[],
  house: House,
): Promise<{ code: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: house.folder,
      env: house.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: limitMilliseconds,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}
