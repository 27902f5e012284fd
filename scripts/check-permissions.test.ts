import { describe, expect, it } from 'vitest';
import { checkPermissions, writePermissionRow } from './check-permissions.ts';

const table = { 'tasks.end': ['admin'] };
const sound = {
  'docs/permissions.md': `${writePermissionRow('tasks.end', ['admin'])}\n`,
  'packages/server/src/tasks/end.ts': "requirePermission(actor, 'tasks.end');",
};
const failuresOf = (files: Record<string, string>, of: Record<string, readonly string[]> = table): string =>
  checkPermissions(new Map(Object.entries({ ...sound, ...files })), of).failures.join();

describe('permissions', () => {
  it('hold when each is asked for and documented', () => {
    expect(failuresOf({})).toBe('');
  });

  it('refuse one that nothing asks for, one the docs give to others, one of no noun', () => {
    expect(failuresOf({ 'packages/server/src/tasks/end.ts': '' })).toContain('nothing asks');
    expect(failuresOf({}, { 'tasks.end': ['admin', 'auditor'] })).toContain('docs/permissions.md');
    expect(failuresOf({}, { 'widgets.end': [] })).toContain('no noun');
  });
});
