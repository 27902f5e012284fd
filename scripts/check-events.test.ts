import { describe, expect, it } from 'vitest';
import { checkEvents } from './check-events.ts';

const page =
  '# `task.ended`\n\n## When it is written\n\nA.\n\n## What it says\n\nB.\n\n## What it follows from\n\nC.\n';
const sound = {
  'docs/events/README.md': '[`task.ended`](task.ended.md)',
  'docs/events/task.ended.md': page,
  'packages/server/src/tasks/end.ts': "record({ kind: 'task.ended' });",
};
const failuresOf = (files: Record<string, string>, kinds = ['task.ended']) =>
  checkEvents(new Map(Object.entries({ ...sound, ...files })), kinds).failures.join();

describe('events', () => {
  it('hold when kinds, sources and pages agree', () => {
    expect(failuresOf({})).toBe('');
  });

  it.each([
    ['a kind nothing writes', { 'packages/server/src/tasks/end.ts': '' }, 'nothing writes'],
    ['a kind the index misses', { 'docs/events/README.md': '' }, 'misses task.ended'],
    [
      'a page without a section',
      { 'docs/events/task.ended.md': page.replace('## What it says', '') },
      'What it says',
    ],
    ['a stray page', { 'docs/events/task.x.md': page }, 'nothing has this name'],
  ])('refuse %s', (_what, files, reason) => {
    expect(failuresOf(files)).toContain(reason);
  });

  it('refuse a kind without a page', () => {
    expect(failuresOf({}, ['task.ended', 'task.opened'])).toContain('docs/events/task.opened.md: is missing');
  });
});
