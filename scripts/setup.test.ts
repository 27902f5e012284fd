import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const load = (name: string) => import(new URL(`./setup/${name}.mjs`, import.meta.url).href);
const { packagesAreInstalled }: { packagesAreInstalled(root: string): boolean } =
  await load('install-packages');
const { consoleNeedsBuild }: { consoleNeedsBuild(root: string): boolean } = await load('console-build');
const { nodeIsRecent }: { nodeIsRecent(version: string): boolean } = await load('ensure-node');

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'setup-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, value: unknown, ageSeconds = 0): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), typeof value === 'string' ? value : JSON.stringify(value));
  const at = Date.now() / 1000 - ageSeconds;
  utimesSync(join(root, path), at, at);
}

describe('packages', () => {
  const wanted = {
    packages: {
      '': {},
      'node_modules/a': { version: '1.0.0', integrity: 'x' },
      'node_modules/elsewhere': { version: '1.0.0', optional: true },
    },
  };

  it('are installed when node_modules holds what the lock names, but for optional ones', () => {
    write('package-lock.json', wanted);
    expect(packagesAreInstalled(root)).toBe(false);
    write('node_modules/.package-lock.json', {
      packages: { 'node_modules/a': { version: '1.0.0', integrity: 'x' } },
    });
    expect(packagesAreInstalled(root)).toBe(true);
  });

  it.each([
    ['another version', { 'node_modules/a': { version: '1.0.1', integrity: 'x' } }],
    ['another content', { 'node_modules/a': { version: '1.0.0', integrity: 'y' } }],
    ['nothing', {}],
  ])('are not installed with %s', (_what, packages) => {
    write('package-lock.json', wanted);
    write('node_modules/.package-lock.json', { packages });
    expect(packagesAreInstalled(root)).toBe(false);
  });
});

describe('the console', () => {
  beforeEach(() => {
    write('packages/console/src/main.tsx', '', 60);
    write('packages/api/src/index.ts', '', 60);
    write('packages/core/src/index.ts', '', 60);
    write('packages/ledger/src/index.ts', '', 60);
  });

  it('is built when there is no build, and again when a source is newer', () => {
    expect(consoleNeedsBuild(root)).toBe(true);
    write('packages/console/dist/index.html', '', 30);
    expect(consoleNeedsBuild(root)).toBe(false);
    write('packages/api/src/index.test.ts', '', 0);
    expect(consoleNeedsBuild(root)).toBe(false);
    write('packages/api/src/errors.ts', '', 0);
    expect(consoleNeedsBuild(root)).toBe(true);
  });
});

describe('the lock', () => {
  const script = `
    import { holdLock } from ${JSON.stringify(new URL('./setup/hold-lock.mjs', import.meta.url).href)};
    import { appendFileSync } from 'node:fs';
    const [, lock, journal] = process.argv;
    await holdLock(lock, async () => {
      appendFileSync(journal, 'in ');
      await new Promise((done) => setTimeout(done, 50));
      appendFileSync(journal, 'out ');
    });`;
  const take = () =>
    promisify(execFile)(process.execPath, [
      '--input-type=module',
      '-e',
      `${script};import { readFileSync } from 'node:fs'; console.log(readFileSync(journal, 'utf8'))`,
      join(root, 'lock'),
      join(root, 'journal'),
    ]);

  it('lets one set-up in at a time', async () => {
    const outputs = await Promise.all([take(), take(), take()]);
    const journals = outputs.map(({ stdout }) => stdout.trim()).toSorted((a, b) => b.length - a.length);
    expect(journals[0]).toBe('in out in out in out');
  });

  it('is taken over from an owner that died', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    write('lock/pid', String(pid));
    expect((await take()).stdout.trim()).toBe('in out');
  });
});

it('a recent Node is 24 or newer', () => {
  expect(['v20.20.2', '22.1.0', '', '24.0.0', 'v26.1.0'].map(nodeIsRecent)).toEqual([
    false,
    false,
    false,
    true,
    true,
  ]);
});
