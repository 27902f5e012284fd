import type { Context } from '../../../context.ts';
import type { Change, ChangeKind } from '../change.ts';
import { createEvidenceRefresher } from './create-evidence-refresher.ts';
import { createRiskRefresher } from './create-risk-refresher.ts';
import { createStopRefresher } from './create-stop-refresher.ts';
import { refreshAll } from './refresh-all.ts';
import { refreshCard } from './refresh-card.ts';
import { refreshKeys, refreshSecrets } from './refresh-keys.ts';
import { refreshPerson } from './refresh-person.ts';
import type { OtherRefreshers } from './refreshers.ts';

/** What another gateway asks for: it takes as long as it takes, and nobody waits for it here. */
function giveWhatIsAsked({ counters, tasks }: Context, subject: string): void {
  if (subject.startsWith('tsk_')) tasks.handOver(subject);
  else if (subject.startsWith('dlg_')) tasks.giveBack(subject);
  else counters.give(subject);
}

/** Looks up what is said to have changed: a message says only where to look. What ends authority comes first. */
export function createRefresher(
  context: Context,
  others: OtherRefreshers,
): (changes: readonly Change[]) => Promise<void> {
  const refreshers = {
    ...others,
    stops: createStopRefresher(context),
    risks: createRiskRefresher(context),
    evidence: createEvidenceRefresher(context),
  };
  return async (changes) => {
    const subjects = Map.groupBy(changes, ({ kind }) => kind);
    const has = (kind: ChangeKind): boolean => subjects.has(kind);
    const of = (kind: ChangeKind): readonly string[] =>
      (subjects.get(kind) ?? []).flatMap(({ subject }) => subject ?? []);
    if (has('everything')) return refreshAll(context, refreshers);
    for (const agentId of of('agent')) context.agents.forget(agentId);
    if (has('stops')) await refreshers.stops();
    if (has('organisations')) await context.organisations.refresh();
    if (has('task')) await context.tasks.refresh(of('task'));
    if (has('tokens')) await context.tokens.status.confirm();
    for (const personId of of('person')) await refreshPerson(context, refreshers, personId);
    if (has('connections')) await context.credentials.refresh();
    if (has('keys')) await refreshKeys(context, refreshers);
    if (has('secrets')) await refreshSecrets(context);
    for (const name of of('upstream')) await refreshers.upstream(name);
    if (has('policies')) await refreshers.policies();
    if (has('approval')) await refreshers.approvals(of('approval'));
    if (has('evidence')) await refreshers.evidence();
    for (const cardId of of('card')) await refreshCard(context, cardId);
    for (const subject of of('lease')) giveWhatIsAsked(context, subject);
  };
}
