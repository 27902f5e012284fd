import {
  describeNarrowing,
  findSpikes,
  type Limits,
  permits,
  type Spike,
  shrinkToUse,
} from '@countersign/core';
import { loadAgent } from '../../agents/index.ts';
import type { Context } from '../../context.ts';
import { loadDelegation, toChainLink } from '../../delegations/index.ts';
import { findDisplayName } from '../../people/index.ts';
import type { NarrowingProposal } from '../../policies/index.ts';
import type { Ghost } from '../ghosts/index.ts';
import { findGhostsOf } from '../ghosts/index.ts';
import { countedSince, listUsedTools, type MeasuredUse, measureUse, toUseOfLimits } from '../use/index.ts';
import { comparePeers, type Peers } from './compare-peers.ts';
import { type Hop, listHops } from './list-hops.ts';
import { proposePolicy } from './policy-change.ts';
import type { ItemRow, ReviewRow } from './review.ts';

/** What a reviewer is shown of one item: computed when it is asked for, from what is kept. */
export interface ItemFacts {
  readonly agent: {
    readonly id: string;
    readonly name: string;
    readonly purpose: string;
    readonly state: string;
  };
  readonly owner: { readonly id: string; readonly name: string; readonly state: string };
  /** Null for an agent that holds nothing. */
  readonly granted: {
    readonly delegation: string;
    readonly purpose: string;
    readonly giver: { readonly id: string; readonly name: string };
    readonly limits: Limits;
    /** Pinned tools that the limits reach now; null when there are none to be counted. */
    readonly toolCount: number;
  } | null;
  readonly use: MeasuredUse | null;
  /** Null: nothing that is granted was used. */
  readonly proposed: Limits | null;
  readonly narrowing: readonly string[];
  /** What else a shrinking changes, beside the delegation. */
  readonly policy: NarrowingProposal;
  readonly hops: readonly Hop[];
  readonly peers: Peers | null;
  /** Null: not known. */
  readonly spikes: readonly Spike[] | null;
  readonly ghosts: readonly Ghost[];
  /** What nobody can know from what is kept. */
  readonly notKnown: readonly string[];
}

const none = { calls: 0, spendMinor: 0, rows: 0, bytes: 0 };
const day = 86_400_000;

export async function readFacts(context: Context, review: ReviewRow, item: ItemRow): Promise<ItemFacts> {
  const { sql } = context.store;
  const now = context.platform.now();
  const row = await loadAgent(sql, item.agent_id);
  const agent = { id: row.id, name: row.name, purpose: row.purpose, state: row.state };
  const owner = { id: row.owner_id, name: row.owner_name, state: row.owner_state };
  const ghosts = await findGhostsOf(context, row.id);
  const since = await countedSince(context);
  const policy = await proposePolicy(context, { review, item, agent: row });
  if (item.delegation_id === null)
    return {
      ...{ agent, owner, granted: null, use: null, proposed: null, narrowing: [], hops: [], peers: null },
      ...{ spikes: null, ghosts, policy, notKnown: [] },
    };
  const delegation = await loadDelegation(sql, item.delegation_id);
  const { limits } = toChainLink(delegation);
  const use = await measureUse(sql, delegation.id, { now, days: review.window_days });
  // Budgets that are used up are taken off when the change is made: else each call would change what is to be signed.
  const proposed = shrinkToUse(limits, { ...toUseOfLimits(use, limits), total: none });
  const giverId = delegation.root_person_id;
  const giver = { id: giverId, name: await findDisplayName(context, giverId) };
  const spikes = findSpikes(use.days);
  return {
    ...{ agent, owner, ghosts, use, proposed, policy, spikes },
    granted: {
      ...{ delegation: delegation.id, purpose: delegation.purpose, giver, limits },
      toolCount: countReached(context, limits, now),
    },
    narrowing: proposed === null ? [] : describeNarrowing(limits, proposed),
    hops: await listHops(sql, delegation.id, now),
    peers: await comparePeers(sql, row, use, Math.floor((now - review.window_days * day) / day)),
    notKnown: listUnknown({ use, spikes, since, review }),
  };
}

function countReached({ upstreams }: Pick<Context, 'upstreams'>, limits: Limits, at: number): number {
  let count = 0;
  for (const upstream of upstreams.list())
    for (const { name: tool, dataDomain, effects } of upstream.tools()) {
      const { name, environment } = upstream;
      const call = {
        upstream: name,
        tool,
        arguments: {},
        dataDomain: dataDomain || null,
        effects,
        environment,
        at,
      };
      // How arguments are held says nothing about whether the tool is reached.
      if (permits({ ...limits, arguments: [] }, call).permitted) count += 1;
    }
  return count;
}

function listUnknown(known: {
  readonly use: MeasuredUse;
  readonly spikes: readonly Spike[] | null;
  readonly since: number;
  readonly review: ReviewRow;
}): readonly string[] {
  const { use, spikes, since, review } = known;
  return [
    ...(since > use.from
      ? [
          `Use is counted since ${new Date(since).toISOString().slice(0, 10)} only, not for all ${review.window_days} days.`,
        ]
      : []),
    ...(spikes === null ? ['What is usual: there were calls on fewer than seven days.'] : []),
    ...(use.isWhole ? [] : ['All kinds of calls: there were more than are kept apart.']),
    'Which argument values are needed: bounds on arguments stay as they are.',
  ];
}

/**
 * What a decision rests on, without what changes with every call of the same kind: the same tools, limits, people and
 * findings give the same digest. What is used for the first time gives another.
 */
export function selectMaterial(facts: ItemFacts) {
  const { agent, owner, granted, use, proposed, policy, hops, ghosts } = facts;
  return {
    agent,
    owner,
    granted:
      granted === null
        ? null
        : { delegation: granted.delegation, giver: granted.giver.id, limits: granted.limits },
    used:
      use === null
        ? []
        : listUsedTools(use)
            .map(({ upstream, tool }) => `${upstream}/${tool}`)
            .sort(),
    proposed,
    policy: selectPolicyChange(policy),
    hops: hops.filter(({ isAlive }) => !isAlive).map(({ delegation }) => delegation),
    ghosts: [...new Set(ghosts.map(({ kind }) => kind))].sort(),
  };
}

/** Exactly what is added, to which version: with another version in force it is another proposal. */
export function selectPolicyChange({ change, why }: NarrowingProposal) {
  if (change === null || why !== null) return null;
  const { base, file, policyId, text } = change;
  return { base, file, policyId, text };
}
