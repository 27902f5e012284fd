import { describe, expect, it } from 'vitest';
import { checkTree } from './check-tree.ts';

const failuresOf = (path: string, text: string): readonly string[] =>
  checkTree(new Map([[path, text]])).failures;

describe('tree', () => {
  // Each is put together here, so that this file passes the check itself.
  it.each([
    ['a machine path', 'docs/a.md', `see ${'/ho'}me/ada/x`, 'path of one person'],
    ['another', 'a.ts', `'${'/wo'}rk/main'`, 'path of one person'],
    ['a private key', 'a.pem', `-----BEGIN PRIVATE${' KEY'}-----\n${'A'.repeat(64)}`, 'private key'],
    ['a private JWK', 'a.json', `{"d": "${'a'.repeat(43)}"}`, 'private JWK'],
    ['a token', 'a.ts', `'gh${'p_'}${'a'.repeat(36)}'`, 'live credential'],
    ['a registry', '.npmrc', `registry=https://registry.${'npmjs'}.org/`, "registry's host"],
    ['an unfinished place', 'a.ts', `// TO${'DO'} later`, 'unfinished'],
    ['a skipped test', 'a.test.ts', `it.${'skip'}('x')`, 'skipped'],
    ['a lone test', 'a.test.ts', `describe.${'only'}('x')`, 'skipped'],
    ['a silenced type', 'a.ts', `// @ts-${'ignore'}`, 'silenced'],
    ['a conflict', 'a.ts', `${'<'.repeat(7)} ours`, 'conflict'],
  ])('refuses %s', (_what, path, text, reason) => {
    const failures = failuresOf(path, text);
    expect(failures).toHaveLength(1);
    expect(failures[0]).toContain(`${path}:1`);
    expect(failures[0]).toContain(reason);
  });

  it.each([
    ['a URL with such a segment', 'a.ts', "'https://localhost/home/page'"],
    ['a relative path', 'a.ts', "'./work/x'"],
    ['a test vector in a test', 'a.test.ts', `{"d":"${'a'.repeat(43)}"}`],
  ])('accepts %s', (_what, path, text) => {
    expect(failuresOf(path, text)).toEqual([]);
  });
});
