import { AppError } from '@countersign/api';
import { type BoundedGrant, findArgumentMisfit, readGrant } from '@countersign/core';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { type Actor, requirePermission } from '../../people/index.ts';
import { getApproval } from '../get-approval.ts';
import { describeTerms, writeOpenValues } from './describe-terms.ts';
import { findPastCalls } from './find-past-calls.ts';
import { grantWish } from './grant-input.ts';
import type { RecordedCall } from './read-recorded-call.ts';
import { signGrant } from './sign-grant.ts';

export const previewGrantInput = z.strictObject({ approvalId: z.string(), grant: grantWish });

const pastCallSchema = z.object({
  at: z.number(),
  task: z.string(),
  action: z.string(),
  values: z.string().describe('What it had in place of what is left open, hidden characters made visible'),
  outcome: z
    .enum(['passed', 'approved', 'asked', 'denied'])
    .describe('`passed` by policy alone; `asked` and not let through'),
  withinCount: z
    .boolean()
    .describe('False where the grant, given at the first such call of its task, was used up'),
});

export const grantPreviewSchema = z.object({
  signedAction: z.string(),
  actionDigest: z.string(),
  terms: z.array(z.string()).readonly(),
  past: z.object({
    from: z.number().describe('Epoch milliseconds: 30 days ago'),
    looked: z.number().describe('Calls of this agent to this tool that were compared'),
    passes: z.number().describe('Of them, those that would have passed without another question'),
    calls: z.array(pastCallSchema).readonly().describe('The newest of those that fit, at most 20'),
    unknown: z.number().describe('Decisions of which too little is kept to compare them'),
    reachedAt: z.number().nullable().describe('Where there were too many: the oldest that was looked at'),
  }),
});

export type GrantPreview = z.infer<typeof grantPreviewSchema>;

const lookBackMs = 30 * 24 * 60 * 60_000;
const mostShown = 20;

/**
 * What a grant would say, and which calls of the last 30 days would have passed under such a one in their own tasks. Changes
 * nothing. Throws `approval.grant_refused`, `approval.grant_wider`, `approval.already_decided`.
 */
export async function previewGrant(
  context: Pick<Context, 'platform' | 'store'>,
  actor: Actor,
  input: z.input<typeof previewGrantInput>,
): Promise<GrantPreview> {
  requirePermission(actor, 'approvals.decide');
  const { approvalId, grant } = previewGrantInput.parse(input);
  const { approval, standing } = await getApproval(context, actor, approvalId);
  if (approval.state !== 'requested') throw new AppError('approval.already_decided');
  if (!standing.mayApprove) throw new AppError('approval.not_eligible');
  const now = context.platform.now();
  const { text, digest } = signGrant(approval, { grant }, now);
  const granted = readGrant(text);
  if (granted === undefined) throw new AppError('server.internal');
  const from = now - lookBackMs;
  const { agentId: agent, upstream, tool } = approval;
  const found = await findPastCalls(context, { agent, tool: `${upstream}/${tool}`, from });
  const isAtHand = (call: RecordedCall) =>
    call.task === approval.taskId && call.callDigest === approval.callDigest;
  const others = found.calls.filter((call) => !isAtHand(call));
  const calls = simulate(granted, others);
  return {
    ...{ signedAction: text, actionDigest: digest, terms: describeTerms(granted) },
    past: {
      ...{
        from,
        looked: others.length,
        unknown: found.unknown,
        reachedAt: found.reachedAt,
      },
      passes: calls.filter((call) => call.withinCount).length,
      calls: calls.slice(0, mostShown),
    },
  };
}

/** As if it had been given at the first call of each task that fits; newest first. */
function simulate(granted: BoundedGrant, calls: readonly RecordedCall[]): GrantPreview['past']['calls'] {
  const { uses, total } = granted.grant;
  const used = new Map<string, { calls: number; minor: number }>();
  const oldestFirst = listAttempts(calls.filter((call) => fits(granted, call))).sort((a, b) => a.at - b.at);
  return oldestFirst
    .map((call) => {
      const before = used.get(call.task) ?? { calls: 0, minor: 0 };
      const minor = call.spend?.minor ?? 0;
      const hasRoom = total === null || before.minor + minor <= total.minor;
      const withinCount = before.calls < uses && hasRoom;
      if (withinCount) used.set(call.task, { calls: before.calls + 1, minor: before.minor + minor });
      const { at, task, action } = call;
      const values = writeOpenValues(granted, call.arguments);
      return { at, task, action, values, outcome: nameOutcome(call), withinCount };
    })
    .reverse();
}

/** A call that was asked about and then came again is one; what was let through twice is two. */
function listAttempts(calls: readonly RecordedCall[]): RecordedCall[] {
  const allowed = calls.filter((call) => call.effect === 'allow');
  const nameCall = ({ task, callDigest }: RecordedCall) => `${task} ${callDigest}`;
  const seen = new Set(allowed.map(nameCall));
  const others = calls.filter((call) => {
    if (call.effect === 'allow' || seen.has(nameCall(call))) return false;
    seen.add(nameCall(call));
    return true;
  });
  return [...allowed, ...others];
}

function fits(granted: BoundedGrant, call: RecordedCall): boolean {
  const { toolDigest, environment, effects } = granted.grant;
  if (call.toolDigest !== toolDigest) return false;
  if (
    call.environment !== environment ||
    !call.effects.every((one) => effects.some((other) => other === one))
  )
    return false;
  return findArgumentMisfit(granted, { ...call, spend: call.spend ?? null }) === undefined;
}

function nameOutcome({ effect, decidedBy }: RecordedCall): 'passed' | 'approved' | 'asked' | 'denied' {
  if (effect === 'allow') return decidedBy === 'approval' ? 'approved' : 'passed';
  return effect === 'deny' ? 'denied' : 'asked';
}
