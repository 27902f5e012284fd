import type { Approval } from '../approval-state.ts';

/** What others may read of `drill`: that of an open check would tell it from a real request. */
export function showDrill({
  drill,
  checkPersonId,
  state,
}: Pick<Approval, 'drill' | 'checkPersonId' | 'state'>): string | null {
  return checkPersonId !== null && state === 'requested' ? null : drill;
}
