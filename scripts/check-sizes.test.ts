import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkSizes } from './check-sizes.ts';

const lines = (count: number): string => 'x();\n'.repeat(count);
const failuresOf = (path: string, text: string): readonly string[] =>
  checkSizes(new Map([[path, text]]), undefined).failures;

describe('sizes', () => {
  it('accept a file of 400 lines, a function of 80, a test of 700', () => {
    expect(failuresOf('a.ts', lines(400))).toEqual([]);
    expect(failuresOf('a.ts', `function f() {\n${lines(78)}}\n`)).toEqual([]);
    expect(failuresOf('a.test.ts', `it('x', () => {\n${lines(698)}});\n`)).toEqual([]);
  });

  it('refuse a longer file, function or test', () => {
    expect(failuresOf('a.ts', lines(401))).toEqual(['a.ts: 401 lines, at most 400']);
    expect(failuresOf('a.ts', `const f = () => {\n${lines(79)}};\n`)[0]).toContain(
      'a.ts:1 a function of 81 lines',
    );
    expect(failuresOf('a.ts', `class A {\n  m() {\n${lines(79)}}\n}\n`)[0]).toContain('a.ts:2');
    expect(failuresOf('a.test.ts', lines(701))).toHaveLength(1);
  });

  it('refuse a console whose first load is heavy, and count what the page preloads', () => {
    const dist = mkdtempSync(join(tmpdir(), 'sizes-'));
    try {
      mkdirSync(join(dist, 'assets'));
      writeFileSync(join(dist, 'assets/a.js'), randomBytes(150_000));
      writeFileSync(join(dist, 'assets/b.js'), randomBytes(100_000));
      writeFileSync(join(dist, 'assets/later.js'), randomBytes(500_000));
      const html = '<script src="/assets/a.js"></script><link rel="modulepreload" href="/assets/b.js">';
      writeFileSync(join(dist, 'index.html'), html);
      const { failures, notes } = checkSizes(new Map(), dist);
      expect(failures[0]).toContain('250 kB');
      expect(notes?.join()).toContain('250 kB');
    } finally {
      rmSync(dist, { recursive: true });
    }
  });
});
