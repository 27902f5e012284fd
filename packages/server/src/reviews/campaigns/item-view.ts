import { z } from 'zod';
import type { Context } from '../../context.ts';
import { limitsAnswer } from '../../delegations/index.ts';
import { type Actor, requirePermission } from '../../people/index.ts';
import { ghostAnswer } from '../ghosts/index.ts';
import { catchUp } from '../use/index.ts';
import { digestFacts } from './decision-text.ts';
import { readFacts } from './item-facts.ts';
import { findPolicyStanding, readPolicyChange } from './policy-change.ts';
import { decisions, type ItemRow, loadItem, loadReview } from './review.ts';

const used = z.object({
  upstream: z.string(),
  tool: z.string(),
  effects: z.array(z.string()).readonly(),
  dataDomain: z.string(),
  environment: z.string(),
  allowed: z.number(),
  denied: z.number(),
  asked: z.number(),
  lastAt: z.number(),
  lastRecord: z.string(),
});
const named = z.object({ id: z.string(), name: z.string() });

/** What a reviewer sees of an item; for one that was decided, how things are now. */
export const itemAnswer = z.object({
  id: z.string(),
  reviewId: z.string(),
  tier: z.number(),
  state: z.enum(['open', 'decided', 'undone', 'left']),
  decision: z.enum(decisions).nullable(),
  decidedBy: z.string().nullable(),
  decidedAt: z.number().nullable(),
  reason: z.string().nullable(),
  milliseconds: z.number().nullable(),
  fromDelegation: z.string().nullable(),
  toDelegation: z.string().nullable(),
  undoneBy: z.string().nullable(),
  reviewers: z.array(z.string()).readonly(),
  digest: z.string().describe('Of what is to be decided on: send it with the decision'),
  agent: named.extend({ purpose: z.string(), state: z.string() }),
  owner: named.extend({ state: z.string() }),
  granted: z
    .object({
      delegation: z.string(),
      purpose: z.string(),
      giver: named,
      limits: limitsAnswer,
      toolCount: z.number(),
    })
    .nullable(),
  use: z
    .object({
      from: z.number(),
      tools: z.array(used).readonly(),
      isWhole: z.boolean(),
      calls: z.number(),
      denied: z.number(),
      asked: z.number(),
      tasks: z.number(),
      lastAt: z.number().nullable(),
      spend: z.array(z.object({ currency: z.string(), minor: z.number() })).readonly(),
      total: z.object({ calls: z.number(), spendMinor: z.number(), rows: z.number(), bytes: z.number() }),
    })
    .nullable(),
  proposed: limitsAnswer.nullable().describe('Null: nothing of it was used'),
  narrowing: z.array(z.string()).readonly(),
  policy: z
    .object({
      why: z.string().nullable().describe('Why no policy changes; null when shrinking makes the change'),
      change: z
        .object({
          base: z.string().describe('The version that it is added to'),
          file: z.string(),
          policyId: z.string(),
          text: z.string().describe('The lines that are added, and nothing else'),
          permits: z.array(z.string()).readonly().describe('What reaches further than the use'),
          tools: z.array(z.string()).readonly(),
          upstreams: z.array(z.string()).readonly(),
          review: z.string(),
          item: z.string(),
        })
        .nullable(),
    })
    .describe('What shrinking changes beside the delegation'),
  policyChange: z
    .object({
      file: z.string(),
      policyId: z.string(),
      text: z.string(),
      from: z.string(),
      to: z.string(),
      undoneBy: z.string().nullable().describe('The version without it'),
      standing: z
        .enum(['in_force', 'observed', 'changed', 'missing'])
        .describe('What has become of it in the policies in force'),
    })
    .nullable()
    .describe('What the decision added to the policies'),
  hops: z
    .array(z.object({ delegation: z.string(), agent: z.string(), purpose: z.string(), isAlive: z.boolean() }))
    .readonly(),
  peers: z
    .object({
      agents: z.array(z.string()).readonly(),
      alone: z.array(z.string()).readonly(),
      shared: z.array(z.object({ tool: z.string(), peers: z.number() })).readonly(),
    })
    .nullable(),
  spikes: z
    .array(z.object({ day: z.number(), calls: z.number(), median: z.number(), threshold: z.number() }))
    .readonly()
    .nullable(),
  ghosts: z.array(ghostAnswer).readonly(),
  notKnown: z.array(z.string()).readonly(),
  link: z.string(),
});
export type ItemView = z.infer<typeof itemAnswer>;

/** Throws `review.not_found`. */
export async function getItem(context: Context, actor: Actor, id: string): Promise<ItemView> {
  requirePermission(actor, 'reviews.read');
  const item = await loadItem(context.store.sql, id);
  await catchUp(context);
  return showItem(context, item);
}

export async function showItem(context: Context, item: ItemRow): Promise<ItemView> {
  const review = await loadReview(context.store.sql, item.review_id);
  const facts = await readFacts(context, review, item);
  const { use, ...rest } = facts;
  const change = readPolicyChange(item);
  return {
    ...{ id: item.id, reviewId: item.review_id, tier: item.tier, state: item.state },
    ...{ decision: item.decision, decidedBy: item.decided_by, decidedAt: item.decided_at },
    ...{ reason: item.reason, milliseconds: item.milliseconds, undoneBy: item.undone_by },
    ...{ fromDelegation: item.from_delegation, toDelegation: item.to_delegation },
    ...{ reviewers: JSON.parse(item.reviewers), digest: digestFacts(facts) },
    ...rest,
    policyChange:
      change === null
        ? null
        : {
            ...change,
            undoneBy: item.policy_undone,
            standing: findPolicyStanding(context, item) ?? 'missing',
          },
    use: use === null ? null : { ...use },
    link: `${new URL(context.config.server.publicUrl).origin}/reviews/items/${item.id}`,
  };
}
