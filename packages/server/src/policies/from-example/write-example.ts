import { AppError } from '@countersign/api';
import { z } from 'zod';
import { type Actor, requirePermission } from '../../people/index.ts';
import { compileCandidate, restoreCandidate } from '../replay/candidate.ts';
import { decisionId, findDecision } from '../replay/find-decision.ts';
import { judge } from '../replay/judge.ts';
import { type ReplayContext, RequestRebuilder } from '../replay/rebuild-request.ts';
import { replayRecords } from '../replay/replay-records.ts';
import { tallyAnswer } from '../replay/tally.ts';
import { complaintAnswer } from '../show-bundle.ts';
import { writeRule } from './write-rule.ts';

const DAY_MS = 86_400_000;

export const exampleInput = z.strictObject({
  id: decisionId.describe('Of a decision record, an intent or an action'),
  group: z.string().max(100).optional().describe('For this group of the agent instead of the agent alone'),
  days: z
    .number()
    .int()
    .min(0)
    .max(366)
    .default(30)
    .describe('Of recorded intents that the rule is tried on; 0: none'),
  seconds: z.number().min(0.1).max(60).default(10).describe('How long that may take'),
});

export const exampleAnswer = z.object({
  record: z.string(),
  file: z.object({ name: z.string(), text: z.string() }),
  policyId: z.string(),
  bounds: z.array(z.object({ path: z.string(), isBounded: z.boolean(), why: z.string(), widen: z.string() })),
  effect: z
    .enum(['allow', 'step_up', 'deny'])
    .nullable()
    .describe(
      'Of the call itself with the rule beside the bundle in force: a forbid may still stand against it',
    ),
  warnings: z.array(complaintAnswer),
  opens: tallyAnswer.nullable(),
  tried: z
    .object({ decisions: z.number().int(), from: z.number().int(), isComplete: z.boolean() })
    .nullable(),
});

export type WrittenExample = z.infer<typeof exampleAnswer>;

/**
 * A rule that covers a recorded call and what is like it, each bound said. Validated with the bundle in force, and put
 * into none. Throws `policy.decision_not_found`, `policy.not_repeatable`, `policy.unavailable`.
 */
export async function writeExample(
  context: ReplayContext,
  actor: Actor,
  input: z.input<typeof exampleInput>,
): Promise<WrittenExample> {
  requirePermission(actor, 'policies.read');
  requirePermission(actor, 'ledger.read');
  const { id, group, days, seconds } = exampleInput.parse(input);
  const found = await findDecision(context, actor, id);
  if (found.kind === 'refusal')
    throw new AppError('policy.not_repeatable', { detail: 'nothing was decided' });
  const rebuilt = await new RequestRebuilder(context).rebuild(found);
  if (!rebuilt.ok) throw new AppError('policy.not_repeatable', { detail: rebuilt.reason });
  const { request } = rebuilt;
  if (group !== undefined && !request.agent.groups.includes(group))
    throw new AppError('server.request_invalid', { detail: 'the agent is not in that group' });
  const { live } = context.policies;
  if (live === null) throw new AppError('policy.unavailable');
  const record = found.decision.id;
  const rule = writeRule(request, { record, group: group ?? null, isBounded: true });
  const { files } = await restoreCandidate(context, 'active');
  const others = files.filter(({ name }) => name !== rule.file.name);
  const { bundle, warnings } = await compileCandidate(context, [...others, rule.file]);
  const judged = judge(context.config, bundle, request);
  const answer = {
    record,
    file: rule.file,
    policyId: rule.policyId,
    bounds: rule.bounds.map(({ path, condition, why, widen }) => ({
      path,
      why,
      widen,
      isBounded: condition !== null,
    })),
    effect: judged.ok ? judged.effect : null,
    warnings: warnings.filter((warning) => warning.file === rule.file.name),
  };
  if (days === 0) return { ...answer, opens: null, tried: null };
  const from = context.platform.now() - days * DAY_MS;
  const replayed = await replayRecords(context, { from, seconds, against: live, candidates: [bundle] });
  const { decisions, next, reachedAt } = replayed;
  return {
    ...answer,
    opens: replayed.tallies[0]?.read() ?? null,
    tried: { decisions, from: reachedAt, isComplete: next === null },
  };
}
