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
import { decisionBody, type RecordedDecision, readEffect } from '../replay/recorded-decision.ts';
import { replayRecords } from '../replay/replay-records.ts';
import { tallyAnswer } from '../replay/tally.ts';
import { findUnknownFact } from '../replay/unknown-fact.ts';
import { writePolicy } from './cedar-text.ts';
import { type ExplainedRule, explainedRule, explainRules } from './explain-rules.ts';
import { type ProposedChange, proposeChanges } from './propose-changes.ts';

const DAY_MS = 86_400_000;

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

const effect = z.enum(['allow', 'step_up', 'deny']);

const changeAnswer = z.object({
  summary: z.string(),
  policies: z.array(z.object({ id: z.string(), file: z.string(), before: z.string(), after: z.string() })),
  added: z.object({ name: z.string(), text: z.string() }).nullable(),
  opens: tallyAnswer
    .nullable()
    .describe('What else it would let through of what was recorded, against the bundle in force'),
});

export const explainAnswer = z.object({
  record: z.string(),
  action: z.string(),
  at: z.number().int(),
  agent: z.string().nullable(),
  tool: z.string().nullable(),
  recorded: z.object({
    effect: z.string(),
    decidedBy: z.string(),
    reasons: z.array(z.looseObject({ code: z.string() })),
    policies: z.array(z.string()),
  }),
  policyVersion: z.string().nullable(),
  repeated: z
    .object({
      effect: effect.nullable(),
      isSame: z.boolean(),
      why: z.string().nullable().describe('Why the decision cannot be repeated exactly'),
      assumed: z.array(z.string()).describe('Taken as it is today, because the record does not say'),
    })
    .describe('The decision made again, from what was recorded, under the policies of then'),
  rules: z.array(explainedRule).describe('Every rule whose scope fits, and why it held or did not'),
  otherRules: z
    .number()
    .int()
    .describe('Rules of the bundle that are about other agents, tools or resources'),
  now: z.object({ version: z.string(), effect }).nullable().describe('What the bundle in force says of it'),
  changes: z
    .array(changeAnswer)
    .describe('Small changes that would allow it, the one that opens least first'),
  tried: z
    .object({ decisions: z.number().int(), from: z.number().int(), isComplete: z.boolean() })
    .nullable(),
});

export type Explanation = z.infer<typeof explainAnswer>;

/**
 * Why an action was decided as it was, from what was recorded of it, and what would have to change. Puts nothing in force
 * and records nothing. Throws `policy.decision_not_found`.
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

const NOT_REBUILT = {
  erased: 'its records were erased',
  unreadable: 'its records do not hold what was asked',
  other_types: 'it is about types that policies declare for another enforcement point',
  every_upstream: 'it asked all upstreams at once',
  upstream_gone: 'the upstream is gone',
  tool_changed: 'the tool is gone or is no longer what it was',
  task_gone: 'the task is gone',
  agent_gone: 'an agent of the chain is gone',
} as const;

function cannotRepeat(why: string): Explanation['repeated'] {
  return { effect: null, isSame: false, why, assumed: [] };
}

function describeRecorded({ decision, intent }: RecordedDecision): Explanation {
  const body = decisionBody.safeParse(decision.body);
  const { effect: was = 'unknown', decidedBy = 'unknown', reasons = [], policies = [] } = body.data ?? {};
  return {
    record: decision.id,
    action: decision.action ?? '',
    at: decision.at,
    agent: intent.agent ?? null,
    tool: intent.upstream === undefined ? null : `${intent.upstream}/${intent.tool ?? ''}`,
    recorded: { effect: was, decidedBy, reasons: [...reasons], policies: [...policies] },
    policyVersion: decision.policyVersion ?? null,
    repeated: cannotRepeat('it was not tried'),
    rules: [],
    otherRules: 0,
    now: null,
    changes: [],
    tried: null,
  };
}

/** The path itself refused it: for what a limit of a policy, the task or the caller's token says, not for a rule. */
function explainRefusal({
  id,
  action,
  at,
  agent,
  upstream,
  tool,
  policyVersion,
  body,
}: StoredRefusal): Explanation {
  const { code = 'unknown', ...more } = body ?? {};
  return {
    ...describeRecorded({
      decision: {
        ...blank,
        id,
        at,
        action: action ?? '',
        ...(policyVersion === undefined ? {} : { policyVersion }),
      },
      intent: { ...blank, ...(agent && { agent }), ...(upstream && { upstream }), ...(tool && { tool }) },
    }),
    recorded: {
      effect: 'refused',
      decidedBy: 'path',
      reasons: [{ ...more, code: String(code) }],
      policies: [],
    },
    repeated: cannotRepeat('the path refused it, whatever the policies say'),
  };
}

type StoredRefusal = RecordedDecision['decision'];

const blank = { seq: 0, id: '', kind: '', at: 0, causes: [], erased: false } as const;

/** The bundle that decided, with the modes of then. */
async function findThen(
  context: ReplayContext,
  { decision }: RecordedDecision,
): Promise<LiveBundle | undefined> {
  if (decision.policyVersion === undefined || decision.policyVersion === '') return undefined;
  try {
    const { bundle } = await restoreCandidate(context, decision.policyVersion);
    const modes = await findModesThen(context.store.sql, bundle.modes, decision.at);
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
      told === undefined ? [] : explainRules(then, told, [...verdict.policyIds, ...verdict.permits]);
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

type Future = Pick<Explanation, 'now' | 'changes' | 'tried'>;

/** What the bundle in force says, and what would have to change in it. */
async function lookAhead(
  context: ReplayContext,
  { decision }: RecordedDecision,
  request: DecisionRequest,
  { days, seconds }: z.output<typeof explainInput>,
): Promise<Partial<Future>> {
  const { live } = context.policies;
  const told = describeRequest(request);
  if (live === null || told === undefined) return {};
  const judged = judge(context.config, live, request);
  if (!judged.ok) return {};
  const now = { version: live.version, effect: judged.effect };
  if (judged.effect === 'allow') return { now };
  const { files } = await restoreCandidate(context, 'active');
  const changes = await proposeChanges(context, { request, told, live, files, record: decision.id });
  if (days === 0 || changes.length === 0)
    return { now, changes: changes.map((change) => showChange(change, null)) };
  const from = context.platform.now() - days * DAY_MS;
  const candidates = changes.map(({ bundle }) => bundle);
  const replayed = await replayRecords(context, { from, seconds, against: live, candidates });
  const shown = changes.map((change, index) => showChange(change, replayed.tallies[index]?.read() ?? null));
  return {
    now,
    changes: shown.toSorted((a, b) => countOpened(a) - countOpened(b)),
    tried: {
      decisions: replayed.decisions,
      from: replayed.reachedAt,
      isComplete: replayed.next === null,
    },
  };
}

function countOpened({ opens }: Explanation['changes'][number]): number {
  return opens === null ? 0 : opens.newlyAllowed + opens.newlyAsking;
}

function showChange(
  { summary, edits, added }: ProposedChange,
  opens: Explanation['changes'][number]['opens'],
): Explanation['changes'][number] {
  return {
    summary,
    policies: edits.map(({ policy, json }) => ({
      id: policy.id,
      file: policy.source.file.name,
      before: writePolicy(policy.json),
      after: writePolicy(json),
    })),
    added,
    opens,
  };
}
