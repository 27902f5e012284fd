import { permits } from '@countersign/core';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import { type LoadedAgent, readGroups } from '../../agents/index.ts';
import type { Context } from '../../context.ts';
import { toChainLink } from '../../delegations/index.ts';
import type { Schema } from '../../plugins/database/schema.ts';
import {
  findStanding,
  type NarrowingProposal,
  type NarrowingStanding,
  proposeNarrowing,
} from '../../policies/index.ts';
import { dayMilliseconds } from '../use/index.ts';
import type { ItemRow, ReviewRow } from './review.ts';

/** What a decision added to the policies, as it is kept. */
export interface PolicyChange {
  readonly file: string;
  readonly policyId: string;
  readonly text: string;
  /** The versions before and after. */
  readonly from: string;
  readonly to: string;
}

const keptChange = z.strictObject({
  ...{ file: z.string(), policyId: z.string(), text: z.string(), from: z.string(), to: z.string() },
});

/** Null where a decision changed no policy. */
export function readPolicyChange({
  policy_change: kept,
}: Pick<ItemRow, 'policy_change'>): PolicyChange | null {
  return kept === null ? null : keptChange.parse(JSON.parse(kept));
}

/** What has become of what the item took away by policy; null where it took nothing. */
export function findPolicyStanding(
  { policies }: Pick<Context, 'policies'>,
  item: ItemRow,
): NarrowingStanding | null {
  const change = readPolicyChange(item);
  if (change === null) return null;
  return findStanding(policies.live, { review: item.review_id, item: item.id, text: change.text });
}

const mostTools = 2_000;
const mostDelegations = 100;

/**
 * Which policy would hold the agent of an item to what it used. Policies are about an agent as a whole: what it did under
 * any delegation is kept, and so is what it holds from another one, which is decided by itself.
 */
export async function proposePolicy(
  context: Context,
  {
    review,
    item,
    agent,
  }: { readonly review: ReviewRow; readonly item: ItemRow; readonly agent: LoadedAgent },
): Promise<NarrowingProposal> {
  if (item.state !== 'open') return { change: null, why: 'this was decided' };
  if (item.delegation_id === null)
    return { change: null, why: 'it holds nothing, so no policy gives it anything' };
  const { sql } = context.store;
  const now = context.platform.now();
  const used = await listOwnUse(sql, agent.id, now - review.window_days * dayMilliseconds);
  const others = await listOtherDelegations(sql, item, now);
  if (used.length > mostTools || others.length > mostDelegations)
    return { change: null, why: 'more is known of this agent than can be compared' };
  const names = new Set(used.map(({ upstream, tool }) => `${upstream}/${tool}`));
  const upstreams = new Set(used.map(({ upstream }) => upstream));
  return proposeNarrowing(context, {
    ...{ review: review.id, item: item.id },
    agent: { id: agent.id, name: agent.name, groups: readGroups(agent) },
    isUpstreamKept: (upstream) => upstreams.has(upstream),
    isKept: ({ upstream, name: tool, dataDomain, effects }) => {
      if (names.has(`${upstream}/${tool}`)) return true;
      const environment = context.upstreams.find(upstream)?.environment ?? '';
      const call = {
        upstream,
        tool,
        arguments: {},
        dataDomain: dataDomain || null,
        effects,
        environment,
        at: now,
      };
      // How arguments are held says nothing about whether the tool is reached.
      return others.some((limits) => permits({ ...limits, arguments: [] }, call).permitted);
    },
  });
}

/** What the agent did itself, also what somebody was asked about: under whatever delegation. */
function listOwnUse(sql: Kysely<Schema>, agentId: string, from: number) {
  return sql
    .selectFrom('delegation_use')
    .select(['upstream', 'tool'])
    .distinct()
    .where('agent_id', '=', agentId)
    .where('is_own', '=', 1)
    .where('day', '>=', Math.floor(from / dayMilliseconds))
    .where((where) => where.or([where('allowed', '>', 0), where('asked', '>', 0)]))
    .limit(mostTools + 1)
    .execute();
}

async function listOtherDelegations(sql: Kysely<Schema>, item: ItemRow, now: number) {
  const rows = await sql
    .selectFrom('delegations')
    .selectAll()
    .where('agent_id', '=', item.agent_id)
    .where('id', '!=', item.delegation_id)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now)
    .limit(mostDelegations + 1)
    .execute();
  return rows.map((row) => toChainLink(row).limits);
}
