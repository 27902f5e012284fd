import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from './setup-error.mjs';

/**
 * True when node_modules holds what package-lock.json names. Contents are compared, not dates: a checkout changes
 * every date, and an interrupted install leaves no list of what is installed.
 */
export function packagesAreInstalled(root) {
  const installed = readPackages(join(root, 'node_modules', '.package-lock.json'));
  const wanted = readPackages(join(root, 'package-lock.json'));
  if (!installed || !wanted) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.startsWith('node_modules/')) return true;
    const found = installed[path];
    if (!found) return entry.optional === true || entry.devOptional === true || entry.peer === true;
    return found.version === entry.version && found.integrity === entry.integrity;
  });
}

function readPackages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/** `optional`: whether what differs from machine to machine is installed too. */
export async function installPackages(root, { optional = true, what = 'packages' } = {}) {
  const started = Date.now();
  console.error(`setup: installing ${what} (once; about a minute) …`);
  const { code, output } = await runNpm(root, [
    'ci',
    '--ignore-scripts',
    '--include=dev',
    `--${optional ? 'include' : 'omit'}=optional`,
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ]);
  if (code !== 0) throw new SetupError(`npm ci failed${explain(output)}\n${output.trim()}`);
  console.error(`setup: ${what} installed in ${Math.round((Date.now() - started) / 1000)} s`);
}

function explain(output) {
  if (/ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET|ENETUNREACH|ENOTCACHED/.test(output)) {
    return ': the package registry cannot be reached. The first set-up needs a network (or a full npm cache).';
  }
  if (/ENOSPC/.test(output)) return ': the disk is full.';
  if (/EACCES|EPERM|EROFS/.test(output)) return ': this folder cannot be written.';
  return ':';
}

function runNpm(root, args) {
  // The npm that runs this script, so that its configuration and cache are used, else the one on the path.
  const entry = process.env.npm_execpath;
  const [command, ...rest] = entry?.endsWith('npm-cli.js')
    ? [process.execPath, entry, ...args]
    : [process.platform === 'win32' ? 'npm.cmd' : 'npm', ...args];
  return new Promise((done) => {
    let output = '';
    const child = spawn(command, rest, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: command.endsWith('.cmd'),
    });
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    child.on('error', (error) => done({ code: 1, output: `${output}${error.message}` }));
    child.on('close', (code) => done({ code: code ?? 1, output }));
  });
}
