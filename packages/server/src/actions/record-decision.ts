// Guarantees: intent, decision and the budget it spends are on disk, in one write, before anything leaves the house.
import { AppError, type LedgerRecord } from '@countersign/api';
import { isFree } from '@countersign/core';
import type { Context } from '../context.ts';
import { CommitInDoubt } from '../plugins/database/database.ts';
import type { NotedFacts } from '../tasks/index.ts';
import { appendOutcome } from './append-outcome.ts';
import { noteSaid, ToldAnswer } from './models/index.ts';
import { noteFacts } from './note-facts.ts';
import { type Reservation, reserveBudgets } from './reserve-budgets.ts';
import { allows, type Decided, type Recorded } from './stages.ts';

export async function recordDecision(context: Context, decided: Decided): Promise<Recorded> {
  const decision = describeDecisionRecord(context, decided);
  // What a person has approved is no way around a refusal.
  const changes = decided.effects.some((effect) => effect !== 'read');
  if (decided.ruling.effect === 'allow' && changes) context.cascades.noteChange(describeGoal(decided));
  // Notifications and what never goes out cost no call; everything else that is allowed does.
  const { isNotification, answerHere } = decided.message;
  const spends = allows(decided) && !isNotification && answerHere === undefined;
  // Before the budget, which a call that cannot be remembered must not spend.
  const noted = noteFacts(context, decided);
  let reservation: Reservation | null = null;
  try {
    if (spends) reservation = await reserveBudgets(context, decided);
    const records = [decided.intent, decision, ...describeWarning(context, decided, decision)];
    await context.store.append(records, [...(reservation?.effects ?? []), ...noted.effects]);
    noted.settle(true);
    if (decided.model !== null) noteSaid(decided.task, decided.intent);
    if (allows(decided)) decided.predicted?.use();
  } catch (error) {
    if (error instanceof CommitInDoubt)
      void settleLater(context, decided, { inDoubt: error, decision, noted, reservation });
    else {
      noted.settle(false);
      reservation?.cancel();
    }
    throw error;
  }
  const outcomeRecord = context.platform.newId('rec');
  const { model, task } = decided;
  const recorded = {
    ...decided,
    decisionRecord: decision.id,
    outcomeRecord,
    told: model === null ? null : new ToldAnswer(outcomeRecord, model, task),
    reservation,
    interim: { rows: 0, bytes: 0 },
  } as Recorded;
  if (decided.ruling.effect === 'deny') {
    context.cascades.noteDenial(describeGoal(decided));
    decided.pass.settle('denied');
    throw denial(recorded);
  }
  return recorded;
}

interface Unsettled {
  readonly inDoubt: CommitInDoubt;
  readonly decision: LedgerRecord;
  readonly noted: NotedFacts;
  readonly reservation: Reservation | null;
}

/**
 * The caller is refused, and nothing leaves the house. What was taken stays taken until it is known whether the decision is on
 * disk, and with it what was taken: then its end is written, too.
 */
async function settleLater(
  context: Context,
  decided: Decided,
  { inDoubt, decision, noted, reservation }: Unsettled,
): Promise<void> {
  const happened = await inDoubt.settled;
  noted.settle(happened);
  if (!happened) return reservation?.cancel();
  if (!allows(decided)) return reservation?.release();
  const refused: LedgerRecord = {
    ...decision,
    id: context.platform.newId('rec'),
    kind: 'action.refused',
    at: context.platform.now(),
    causes: [decided.intent.id, decision.id],
    body: { status: 'refused', code: inDoubt.code },
  };
  // What cannot be written now is written later.
  await appendOutcome(context, { reservation }, refused, { rows: 0, bytes: 0 }).catch(() => {});
}

function describeGoal({ task, agent, target, tool, message }: Decided) {
  const work = { task: task.id, root: task.parentIds[0] ?? task.id, agent: agent.id };
  return { ...work, upstream: target.name, tool, arguments: message.arguments };
}

function describeDecisionRecord(context: Context, decided: Decided): LedgerRecord {
  const { intent, ruling, policyVersion } = decided;
  const approval = decided.approval ?? decided.grant;
  return {
    ...intent,
    id: context.platform.newId('rec'),
    kind: 'action.decision',
    at: context.platform.now(),
    causes: [intent.id, ...(approval?.recordIds ?? [])],
    policyVersion,
    ...(approval === null ? {} : { approval: nameApproval(approval) }),
    body: {
      decidedBy: approval === null ? ruling.by : 'approval',
      effect: allows(decided) ? 'allow' : ruling.effect,
      facts: decided.facts,
      ...(ruling.mapped === undefined ? {} : { mapped: ruling.mapped }),
      ...(isFree(ruling.obligations) ? {} : { obligations: ruling.obligations }),
      ...(ruling.observed.length === 0 ? {} : { observed: ruling.observed }),
      policies: ruling.policyIds,
      reasons: ruling.reasons,
      ...(ruling.requirement === null ? {} : { requirement: ruling.requirement }),
      ...(decided.spend === null ? {} : { spend: decided.spend }),
    },
  };
}

function nameApproval(approval: NonNullable<Decided['approval'] | Decided['grant']>): string {
  return 'approvalId' in approval ? approval.approvalId : approval.id;
}

/** Tells the owner of the agent, in the same write, that policies in `warn` would have stopped what goes through. */
function describeWarning(
  context: Context,
  decided: Decided,
  decision: LedgerRecord,
): readonly LedgerRecord[] {
  const { ruling, agent, task } = decided;
  const warned = ruling.observed.filter(
    ({ mode, would }) => mode === 'warn' && would !== 'allow' && would !== ruling.effect,
  );
  if (warned.length === 0 || !allows(decided)) return [];
  return [
    {
      ...decision,
      id: context.platform.newId('rec'),
      kind: 'policy.warned',
      causes: [decision.id],
      person: agent.ownerId,
      body: { owner: agent.ownerId, onBehalfOf: task.rootPersonId, policies: warned },
    },
  ];
}

/** The caller learns that it was refused, and only for limits, which are its own, what it exceeded. */
function denial(recorded: Recorded): AppError {
  const data = { action: recorded.id, decision: recorded.decisionRecord };
  if (recorded.ruling.by === 'limits') {
    const exceeded = recorded.ruling.reasons.flatMap((reason) => ('detail' in reason ? [reason.detail] : []));
    return new AppError('action.not_in_limits', { detail: exceeded.join('; '), data });
  }
  return new AppError('action.denied', { data });
}
