import type { Approval } from './approval.ts';

/** One request, or several that one signature may approve. */
export type Stacked =
  | { readonly kind: 'one'; readonly approval: Approval }
  | { readonly kind: 'group'; readonly groupId: string; readonly approvals: readonly Approval[] };

/** Requests that are the same but for their arguments are one row, where the first of them stands. */
export function stackGroups(approvals: readonly Approval[]): readonly Stacked[] {
  const byGroup = Map.groupBy(approvals, ({ id, groupId }) => groupId ?? id);
  return [...byGroup.values()].flatMap((members): Stacked[] => {
    const [approval] = members;
    if (approval === undefined) return [];
    const { groupId } = approval;
    return groupId === null || members.length === 1
      ? [{ kind: 'one', approval }]
      : [{ kind: 'group', groupId, approvals: members }];
  });
}
