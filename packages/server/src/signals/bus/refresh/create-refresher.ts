import { refreshApprovals } from '../../../approvals/index.ts';
import type { Context } from '../../../context.ts';
import { refreshPolicies } from '../../../policies/index.ts';
import { refreshSigningKeys } from '../../../tokens/index.ts';
import { createUpstreamRefresher, refreshUpstream } from '../../../upstreams/index.ts';
import type { Change, ChangeKind } from '../change.ts';
import { refreshAll } from './refresh-all.ts';
import { refreshPerson } from './refresh-person.ts';
import { refreshStops } from './refresh-stops.ts';

/** Looks up what is said to have changed: a message says only where to look. What ends authority comes first. */
export function createRefresher(context: Context): (changes: readonly Change[]) => Promise<void> {
  const refreshUpstreams = createUpstreamRefresher(context);
  return async (changes) => {
    const subjects = Map.groupBy(changes, ({ kind }) => kind);
    const has = (kind: ChangeKind): boolean => subjects.has(kind);
    const of = (kind: ChangeKind): readonly string[] =>
      (subjects.get(kind) ?? []).flatMap(({ subject }) => subject ?? []);
    if (has('everything')) return refreshAll(context, refreshUpstreams);
    for (const agentId of of('agent')) context.agents.forget(agentId);
    if (has('stops')) await refreshStops(context);
    if (has('task')) await context.tasks.refresh(of('task'));
    if (has('tokens')) await context.tokens.status.confirm();
    for (const personId of of('person')) await refreshPerson(context, personId);
    if (has('keys')) await refreshSigningKeys(context);
    for (const name of of('upstream')) await refreshUpstream(context, name);
    if (has('policies')) await refreshPolicies(context);
    if (has('approval')) await refreshApprovals(context, of('approval'));
    // Another gateway wants to go on with it: nothing is lost, it is read again when it is asked for here.
    for (const taskId of of('lease')) context.tasks.forget(taskId);
  };
}
