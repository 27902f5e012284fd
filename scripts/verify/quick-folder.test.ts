import { existsSync, statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { makeQuickFolder } from './quick-folder.ts';

test('leaves the environment as it is where there is no such folder', () => {
  const quick = makeQuickFolder('/no/such/folder');
  expect(quick.environment).toEqual({});
  quick.remove();
});

test('makes a folder of its own where there is room that others may pass through, and removes it', () => {
  const quick = makeQuickFolder(process.cwd());
  const { TMPDIR = '' } = quick.environment;
  expect(existsSync(TMPDIR)).toBe(TMPDIR !== '');
  if (TMPDIR !== '') expect(statSync(TMPDIR).mode & 0o777).toBe(0o711);
  quick.remove();
  expect(existsSync(TMPDIR)).toBe(false);
});
