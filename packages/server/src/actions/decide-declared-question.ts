import type { LedgerRecord } from '@countersign/api';
import { combine, isFree, type JsonObject, shapesResult } from '@countersign/core';
import type { Context } from '../context.ts';
import type { DeclaredQuestion, DeclaredVerdict } from '../policies/index.ts';
import type { Asker, AskingFront } from './asked.ts';

/** A question about types that the policies declare, asked by an enforcement point. */
export interface AskedQuestion {
  /** Of the action. */
  readonly id: string;
  readonly front: AskingFront;
  readonly asker: Asker;
  readonly question: DeclaredQuestion;
}

export interface DeclaredAnswer extends DeclaredVerdict {
  readonly decisionRecord: string;
}

/** Decides and records, in one durable write, as with a call: fails closed when it cannot be written. */
export async function decideDeclaredQuestion(
  context: Context,
  asked: AskedQuestion,
): Promise<DeclaredAnswer> {
  const { id, front, asker, question } = asked;
  const { types } = asker.point;
  const at = context.platform.now();
  const mayAsk = types === '*' || types.includes(question.resource.type);
  // What it may not ask about, and what is not declared, look the same.
  const decided = context.policies.decideDeclared(
    mayAsk ? question : { ...question, resource: { ...question.resource, type: '' } },
  );
  // What cannot redact or cut is never allowed something that owes it.
  const isUnmet = front !== 'authzen' && shapesResult(decided.obligations);
  const { flaw, policyVersion, obligations } = decided;
  const verdict = isUnmet ? combine({ policies: [] }) : decided.verdict;
  const intent: LedgerRecord = {
    id: context.platform.newId('rec'),
    kind: 'action.intent',
    at,
    causes: [asker.point.record],
    action: id,
    body: { askedBy: asker.point.id, front, question: describeQuestion(question) },
  };
  const decision: LedgerRecord = {
    ...intent,
    id: context.platform.newId('rec'),
    kind: 'action.decision',
    causes: [intent.id],
    policyVersion,
    body: {
      askedBy: asker.point.id,
      decidedBy: 'policy',
      effect: verdict.effect,
      policies: verdict.policyIds,
      reasons: verdict.reasons,
      ...(flaw === null ? {} : { flaw }),
      ...(isFree(obligations) ? {} : { obligations }),
      ...(verdict.observed.length === 0 ? {} : { observed: verdict.observed }),
      ...(verdict.effect === 'step_up' ? { requirement: verdict.requirement } : {}),
    },
  };
  await context.store.append([intent, decision]);
  return { verdict, flaw, policyVersion, obligations, decisionRecord: decision.id };
}

function describeQuestion({ principal, action, resource, context }: DeclaredQuestion): JsonObject {
  const subject = { ...principal };
  return { subject, action: { ...action }, resource: { ...resource }, context };
}
