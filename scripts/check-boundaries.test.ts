import { describe, expect, it } from 'vitest';
import { checkBoundaries } from './check-boundaries.ts';

const house: Record<string, string> = {
  'package.json': '{"devDependencies":{"vitest":"5.1.1"}}',
  'package-lock.json': '{"packages":{"node_modules/a":{"version":"1.0.0"}}}',
  'packages/core/package.json': '{"name":"@countersign/core"}',
  'packages/core/src/index.ts': '',
  'packages/ledger/package.json': '{"name":"@countersign/ledger"}',
  'packages/server/package.json':
    '{"name":"@countersign/server","dependencies":{"@countersign/core":"0.1.0","hono":"4.0.0"}}',
  'packages/server/src/agents/index.ts': '',
  'packages/server/src/context.ts': '',
  'packages/server/src/agents/store.ts': '',
  'packages/server/src/agents/routes.ts': "import { Hono } from 'hono';",
  'packages/server/src/plugins/database/database.ts': '',
  'packages/server/src/plugins/database/sqlite/open.ts': "import 'node:sqlite';",
  'packages/sdk/package.json': '{"name":"@countersign/sdk","dependencies":{"@countersign/server":"0.1.0"}}',
  'packages/cli/package.json': '{"name":"countersign","dependencies":{"@countersign/server":"0.1.0"}}',
};

function failuresWith(files: Record<string, string>): readonly string[] {
  return checkBoundaries(new Map(Object.entries({ ...house, ...files })), []).failures;
}

describe('boundaries', () => {
  it('hold for a house that keeps them', () => {
    const report = checkBoundaries(new Map(Object.entries(house)), []);
    expect(report.failures).toEqual([]);
    expect(report.passed).toBeGreaterThan(10);
  });

  it.each([
    ['a library in core', 'packages/core/src/a.ts', "import 'node:crypto';", 'pure'],
    ['a type import in core', 'packages/core/src/a.ts', "import type { Hash } from 'node:crypto';", 'pure'],
    ['a dynamic import in core', 'packages/core/src/a.ts', "await import('node:fs');", 'pure'],
    ['crypto elsewhere in the ledger', 'packages/ledger/src/a.ts', "import 'node:crypto';", 'pure'],
    ['the server in the sdk', 'packages/sdk/src/a.ts', "import '@countersign/server';", 'must not depend'],
    [
      'its types in the sdk',
      'packages/sdk/src/a.ts',
      "type A = import('@countersign/server').A;",
      'must not',
    ],
    [
      'the server in a command',
      'packages/cli/src/commands/agents/list.ts',
      "import '@countersign/server';",
      'up and demo',
    ],
    ['a path into a package', 'packages/server/src/a.ts', "import '../../core/src/index.ts';", 'by its name'],
    ['a file that is not there', 'packages/server/src/a.ts', "import './b.ts';", 'there is no'],
    ['an ending left out', 'packages/server/src/a.ts', "import './context';", 'there is no'],
    ['an undeclared library', 'packages/server/src/a.ts', "import 'left-pad';", 'does not declare'],
    [
      'a side door of a noun',
      'packages/server/src/tasks/a.ts',
      "export * from '../agents/store.ts';",
      'only door',
    ],
    ['routes from a noun', 'packages/server/src/tasks/a.ts', "import '../agents/routes.ts';", 'only door'],
    [
      'a chosen driver',
      'packages/server/src/tasks/a.ts',
      "import '../plugins/database/sqlite/open.ts';",
      'build.ts',
    ],
    ['HTTP in a verb', 'packages/server/src/tasks/end.ts', "import 'hono/cors';", 'only routes.ts'],
    ['SQLite in a verb', 'packages/server/src/tasks/end.ts', "import 'node:sqlite';", 'database driver'],
    ['the clock', 'packages/server/src/tasks/end.ts', 'const at = Date.now();', 'Date.now'],
    ['a handed-on clock', 'packages/server/src/tasks/end.ts', 'const clock = { now: Date.now };', 'Date.now'],
    ['a new date', 'packages/core/src/a.ts', 'export const at = new Date();', 'new Date()'],
    [
      'a random id',
      'packages/server/src/a.ts',
      'export const id = crypto.randomUUID();',
      'crypto.randomUUID',
    ],
    [
      'imported randomness',
      'packages/server/src/a.ts',
      "import { randomBytes } from 'node:crypto';",
      'randomBytes',
    ],
    ['the global fetch', 'packages/server/src/a.ts', "await fetch('http://localhost');", 'global fetch'],
    ['fetch handed on', 'packages/server/src/a.ts', 'export const ports = { fetch };', 'global fetch'],
    ['a range of versions', 'packages/core/package.json', '{"dependencies":{"a":"^1.0.0"}}', 'exact version'],
    [
      'a host in the lock',
      'package-lock.json',
      '{"packages":{"a":{"resolved":"https://localhost/a.tgz"}}}',
      'names the host',
    ],
    [
      'a platform the lock lacks',
      'package-lock.json',
      '{"packages":{"node_modules/a":{"optionalDependencies":{"a-mac":"1.0.0"}}}}',
      'the lock file lacks',
    ],
  ])('refuse %s', (_what, path, text, reason) => {
    const failures = failuresWith({ [path]: text });
    expect(failures).toHaveLength(1);
    expect(failures[0]).toContain(reason);
    expect(failures[0]).toContain(path);
  });

  it.each([
    [
      'a fetch that was handed in',
      'packages/server/src/a.ts',
      'export const f = ({ fetch }: P) => fetch(1);',
    ],
    [
      'the clock in platform/',
      'packages/server/src/platform/clock.ts',
      'export const now = () => Date.now();',
    ],
    ['a date of a given time', 'packages/server/src/a.ts', 'export const d = new Date(0);'],
    ['routes from http/', 'packages/server/src/http/app.ts', "import '../agents/routes.ts';"],
    ['the driver in build.ts', 'packages/server/src/build.ts', "import './plugins/database/sqlite/open.ts';"],
    [
      'anything of the house in a test',
      'packages/core/src/a.test.ts',
      "import '@countersign/server'; import 'vitest';",
    ],
    ['the server in up', 'packages/cli/src/commands/up.ts', "import '@countersign/server';"],
  ])('allow %s', (_what, path, text) => {
    expect(failuresWith({ [path]: text })).toEqual([]);
  });

  it('refuse an allowance that nothing needs', () => {
    const allowance = {
      path: 'packages/core/src/index.ts',
      rule: 'core and ledger import nothing',
      why: 'none',
    };
    const { failures } = checkBoundaries(new Map(Object.entries(house)), [allowance]);
    expect(failures[0]).toContain('not needed');
  });

  it('do not let a file escape that cannot be parsed', () => {
    expect(() => failuresWith({ 'packages/core/src/a.ts': 'import {' })).toThrow('packages/core/src/a.ts');
  });
});
