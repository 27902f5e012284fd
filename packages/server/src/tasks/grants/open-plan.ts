import type { Limits } from '@countersign/core';
import type { Context } from '../../context.ts';
import { sha256 } from '../../platform/sha256.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { derivePlan } from './derive-plan.ts';
import { digestPlan, savePlan } from './keep-plan.ts';
import type { StoredPlan } from './stored-plan.ts';

/** A prompt for the first task of a line, as it is given. */
export interface GivenPrompt {
  readonly taskId: string;
  readonly agentId: string;
  readonly prompt: string;
  readonly limits: Limits;
  readonly causes: readonly string[];
}

/** Derives what the prompt calls for and makes it durable together with its record, which holds none of its values. */
export async function openPlan(
  context: Pick<Context, 'platform' | 'upstreams'>,
  tx: Transaction,
  { taskId, agentId, prompt, limits, causes }: GivenPrompt,
): Promise<StoredPlan> {
  const plan: StoredPlan = { ...derivePlan(context, prompt, limits), confirmedBy: null, version: 1 };
  const at = context.platform.now();
  await savePlan(tx, taskId, plan, at);
  tx.record({
    id: context.platform.newId('rec'),
    kind: 'task.grant_derived',
    at,
    causes,
    agent: agentId,
    task: taskId,
    body: { by: agentId, ...describeDerived(plan) },
  });
  return plan;
}

const mostNamed = 200;

/** What a record says of a plan that was derived: digests and names of tools, no values. */
export function describeDerived(plan: StoredPlan) {
  const tools = [...new Set(plan.grant.entries.map(({ tool }) => tool))];
  return {
    entries: plan.grant.entries.length,
    planDigest: digestPlan(plan),
    promptDigest: sha256(plan.prompt ?? ''),
    reading: plan.grant.reading,
    tools: tools.slice(0, mostNamed),
  };
}
