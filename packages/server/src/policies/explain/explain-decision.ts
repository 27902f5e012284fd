import { AppError } from '@countersign/api';
import { z } from 'zod';
import { type Actor, requirePermission } from '../../people/index.ts';
import { describeRequest } from '../decide/describe-request.ts';
import { evaluate } from '../decide/evaluate.ts';
import type { LiveBundle } from '../decide/live-bundle.ts';
import type { DecisionRequest } from '../policy-state.ts';
import { restoreCandidate } from '../replay/candidate.ts';
import { decisionId, findDecision } from '../replay/find-decision.ts';
import { judge } from '../replay/judge.ts';
import { findModesThen } from '../replay/modes-then.ts';
import { type ReplayContext, RequestRebuilder } from '../replay/rebuild-request.ts';
import { type RecordedDecision, readEffect } from '../replay/recorded-decision.ts';
import { findUnknownFact } from '../replay/unknown-fact.ts';
import { cannotRepeat, describeRecorded, explainRefusal, NOT_REBUILT } from './describe-recorded.ts';
import { type ExplainedRule, explainRules } from './explain-rules.ts';
import type { Explanation } from './explanation.ts';
import { lookAhead } from './look-ahead.ts';

export const explainInput = z.strictObject({
  id: decisionId.describe('Of a decision record, an intent or an action'),
  days: z
    .number()
    .int()
    .min(0)
    .max(366)
    .default(30)
    .describe('Of recorded intents that changes are tried on; 0: none'),
  seconds: z.number().min(0.1).max(60).default(10).describe('How long that may take'),
});

/**
 * Why an action was decided as it was, from what was recorded of it, and what would have to change. Puts nothing in force
 * and records only that it was read. Throws `policy.decision_not_found`.
 */
export async function explainDecision(
  context: ReplayContext,
  actor: Actor,
  input: z.input<typeof explainInput>,
): Promise<Explanation> {
  requirePermission(actor, 'policies.read');
  requirePermission(actor, 'ledger.read');
  const given = explainInput.parse(input);
  const found = await findDecision(context, actor, given.id);
  if (found.kind === 'refusal') return explainRefusal(found.refusal);
  const base = describeRecorded(found);
  const rebuilt = await new RequestRebuilder(context).rebuild(found);
  if (!rebuilt.ok) return { ...base, repeated: cannotRepeat(NOT_REBUILT[rebuilt.reason]) };
  const { request, body, assumed } = rebuilt;
  const then = await findThen(context, found);
  const past =
    then === undefined
      ? { repeated: cannotRepeat('the policies of then cannot be read any more') }
      : repeat(context, then, request, readEffect(body), assumed);
  const isByLimits = body.decidedBy === 'limits';
  const future = isByLimits ? {} : await lookAhead(context, found, request, given);
  return { ...base, ...past, ...future };
}

/** The bundle that decided, with the modes of then. */
async function findThen(
  context: ReplayContext,
  { decision }: RecordedDecision,
): Promise<LiveBundle | undefined> {
  if (decision.policyVersion === undefined || decision.policyVersion === '') return undefined;
  try {
    const { bundle } = await restoreCandidate(context, decision.policyVersion);
    const modes = await findModesThen(context.store, bundle.modes, decision.at);
    return bundle.withModes(modes);
  } catch (error) {
    if (error instanceof AppError && error.code.startsWith('policy.')) return undefined;
    throw error;
  }
}

type Past = Pick<Explanation, 'repeated'> & Partial<Pick<Explanation, 'rules' | 'otherRules'>>;

function repeat(
  context: ReplayContext,
  then: LiveBundle,
  request: DecisionRequest,
  was: Explanation['recorded']['effect'],
  assumed: readonly string[],
): Past {
  try {
    const verdict = evaluate(then, request);
    const judged = judge(context.config, then, request);
    const is = judged.ok ? judged.effect : verdict.effect;
    const told = describeRequest(request);
    const misfits = then.findMisfits(request).map(({ id }) => id);
    const rules: readonly ExplainedRule[] =
      told === undefined ? [] : explainRules(then, told, [...verdict.policyIds, ...verdict.permits], request);
    return {
      repeated: {
        effect: is,
        isSame: is === was,
        why: findDifference(is === was, misfits),
        assumed: [...assumed],
      },
      rules: [...rules],
      otherRules: then.policies.length - rules.length,
    };
  } catch (thrown) {
    const unknown = findUnknownFact(thrown);
    if (unknown === undefined) throw thrown;
    return { repeated: cannotRepeat(`a policy reads ${unknown.fact}, which no record holds`) };
  }
}

function findDifference(isSame: boolean, misfits: readonly string[]): string | null {
  if (misfits.length > 0) return `the tool no longer fits the policies ${misfits.join(', ')}`;
  return isSame ? null : 'something that no record holds was otherwise then';
}
