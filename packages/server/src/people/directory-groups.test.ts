import { describe, expect, it } from 'vitest';
import { mapGroups } from './directory-groups.ts';

describe('groups of a directory', () => {
  it('never give a role that no setting maps', () => {
    expect(mapGroups(['admin', 'finance', 'approver'], [])).toEqual(['finance']);
  });

  it('give what they are mapped to, and then nothing by their own name', () => {
    const mapped = [
      { directory: 'Finance Approvers', as: 'approver' },
      { directory: 'Finance Approvers', as: 'finance' },
      { directory: 'ops', as: 'operations' },
    ];
    expect(mapGroups(['Finance Approvers', 'ops'], mapped)).toEqual(['approver', 'finance', 'operations']);
  });

  it('leave out names that are none here: spaces, look-alikes, hidden characters', () => {
    expect(mapGroups(['Finance Team', 'fin\u0430nce', 'fin\u200bance', '__proto__', ''], [])).toEqual([]);
  });

  it('are compared whole and exactly', () => {
    const mapped = [{ directory: 'Admins', as: 'admin' }];
    expect(mapGroups(['admins', ' Admins', 'Admins '], mapped)).toEqual(['admins']);
  });
});
