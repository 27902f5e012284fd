import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { findPinnedNode } from './ensure-node.mjs';
import { SetupError } from './setup-error.mjs';

const sources = ['console', 'api/src', 'core/src', 'ledger/src'];
const notSources = new Set(['dist', 'dist-types', 'node_modules']);

/** True when packages/console/dist is missing or older than anything it is built from. */
export function consoleNeedsBuild(root) {
  const built = modifiedAt(join(root, 'packages', 'console', 'dist', 'index.html'));
  return sources.some((folder) => newestIn(join(root, 'packages', folder)) > built);
}

function newestIn(folder) {
  let newest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (notSources.has(entry.name) || entry.name.includes('.test.')) continue;
    const path = join(folder, entry.name);
    newest = Math.max(newest, entry.isDirectory() ? newestIn(path) : modifiedAt(path));
  }
  return newest;
}

function modifiedAt(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

export function buildConsole(root) {
  const started = Date.now();
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const { status, stdout, stderr } = spawnSync(
    findPinnedNode(root) ?? process.execPath,
    [vite, 'build', '--logLevel', 'warn'],
    { cwd: join(root, 'packages', 'console'), encoding: 'utf8', shell: process.platform === 'win32' },
  );
  if (status !== 0) throw new SetupError(`the console did not build:\n${stdout}${stderr}`);
  console.error(`setup: console built in ${((Date.now() - started) / 1000).toFixed(1)} s`);
}
