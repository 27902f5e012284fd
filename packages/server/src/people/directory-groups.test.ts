import { createManualClock } from '@countersign/testkit';
import { describe, expect, it, vi } from 'vitest';
import { openTestStore } from '../plugins/database/open-test-store.ts';
import { mapGroups, setDirectoryGroups } from './directory-groups.ts';
import { openTestHouse } from './open-test-house.ts';

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

describe('a change of groups', () => {
  it('stands where the votes cannot be counted anew at once, and says so', async () => {
    const test = await openTestStore();
    const house = await openTestHouse({ store: test.store, now: createManualClock().now, fetch });
    const { context } = house;
    const ada = await house.addPerson(['approver']);
    const said = vi.spyOn(context.log, 'error');
    vi.spyOn(context.approvals, 'refreshVoter').mockRejectedValue(new Error('the store is away'));
    const change = { personId: ada.id, directory: 'scim' as const, groups: ['finance'] };
    await test.store.transaction((tx) => setDirectoryGroups(context, tx, ada.actor, change));
    await vi.waitFor(() => expect(said).toHaveBeenCalledOnce());
    expect(said.mock.calls[0]?.[0]).toMatchObject({ person: ada.id });
    await house.close();
    await test.remove();
  });
});
