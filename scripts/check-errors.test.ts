import { describe, expect, it } from 'vitest';
import { checkErrors } from './check-errors.ts';
import { writeErrorIndex, writeErrorPage } from './errors/error-page.ts';

const entry = {
  status: 404,
  jsonRpc: -32602,
  retryable: false,
  caller: 'No such task.',
  operator: 'Unknown id.',
};
const table = { 'task.not_found': entry };
const page = writeErrorPage('task.not_found', entry);
const sound = {
  'docs/errors/README.md': writeErrorIndex(table),
  'docs/errors/task.not_found.md': page,
  'packages/server/src/a.ts': "throw new AppError('task.not_found');",
};

const failuresOf = (files: Record<string, string>, of: typeof table | Record<string, typeof entry> = table) =>
  checkErrors(new Map(Object.entries({ ...sound, ...files })), of).failures;

describe('errors', () => {
  it('hold when table, sources and pages agree', () => {
    expect(failuresOf({})).toEqual([]);
  });

  it.each([
    ['a stray page', { 'docs/errors/task.gone.md': page }, 'nothing has this name'],
    [
      'a section left out',
      { 'docs/errors/task.not_found.md': page.replace('## What to do', '') },
      'What to do',
    ],
    [
      'an empty section',
      { 'docs/errors/task.not_found.md': page.replace(/## What to do[\s\S]*/, '## What to do\n') },
      'What to do',
    ],
    [
      'facts that differ',
      { 'docs/errors/task.not_found.md': page.replace('HTTP 404', 'HTTP 403') },
      'line 3',
    ],
    ['a code nothing uses', { 'packages/server/src/a.ts': '' }, 'nothing uses'],
    [
      'a code only a test uses',
      { 'packages/server/src/a.ts': '', 'packages/server/src/a.test.ts': "('task.not_found')" },
      'nothing uses',
    ],
    ['a stale index', { 'docs/errors/README.md': '' }, 'not up to date'],
  ])('refuse %s', (_what, files, reason) => {
    expect(failuresOf(files).join()).toContain(reason);
  });

  it('refuse a code without a page', () => {
    expect(failuresOf({}, { ...table, 'task.ended': entry }).join()).toContain(
      'docs/errors/task.ended.md: is missing',
    );
  });

  it('refuse a code of no noun', () => {
    expect(failuresOf({}, { 'widget.lost': entry }).join()).toContain('known noun');
  });

  it('refuse two codes with one number of ours', () => {
    const ours = { ...entry, jsonRpc: -40_001 };
    expect(failuresOf({}, { 'task.a': ours, 'task.b': ours }).join()).toContain('share -40001');
  });
});
