import { AppError } from '@countersign/api';
import { type AskedAmendment, amendGrant, type GrantEntry, type Limits, NO_GRANT } from '@countersign/core';
import type { Context } from '../../context.ts';
import { sha256 } from '../../platform/sha256.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { learnPlan } from '../learn-plan.ts';
import type { LeasedTask } from '../leased-task.ts';
import { loadTaskLine } from '../load-task-line.ts';
import { derivePlan } from './derive-plan.ts';
import { digestPlan, loadPlan, savePlan } from './keep-plan.ts';
import type { StoredPlan } from './stored-plan.ts';

type Amending = Pick<Context, 'upstreams'> & {
  readonly platform: Pick<Context['platform'], 'now' | 'newId'>;
};

export interface SignedAmendment {
  readonly asked: AskedAmendment;
  readonly approvalId: string;
  /** The record of the grant of the approval. */
  readonly cause: string;
  readonly person: string;
}

const noPlan: StoredPlan = {
  ...{ prompt: null, grant: NO_GRANT, bounds: new Map(), tools: new Map(), confirmedBy: null, version: 0 },
};

/**
 * Puts what people signed into the plan, durably, and in force once it is committed. Throws `task.not_open`,
 * `task.plan_changed` when another prompt is to be confirmed than there is, `task.plan_too_large`.
 */
export async function applyAmendment(
  context: Amending,
  tx: Transaction,
  task: LeasedTask,
  signed: SignedAmendment,
): Promise<void> {
  const at = context.platform.now();
  const line = await loadTaskLine(tx.sql, task.id);
  const [first] = line;
  if (first === undefined || line.some((row) => row.ended_at !== null || row.expires_at <= at))
    throw new AppError('task.not_open');
  const before = (await loadPlan(tx.sql, first.id)) ?? noPlan;
  const { asked, person, approvalId, cause } = signed;
  const said = sayPrompt(context, before, signed, JSON.parse(first.limits) as Limits);
  const plan = addEntries(said, signed);
  await savePlan(tx, first.id, plan, at);
  if (asked.prompt !== null && asked.confirms === null)
    await tx.sql.updateTable('tasks').set({ prompt: asked.prompt }).where('id', '=', first.id).execute();
  const added = plan.grant.entries.filter(({ id }) => id.startsWith(`v${plan.version}.`));
  tx.record({
    id: context.platform.newId('rec'),
    kind: 'task.grant_amended',
    at,
    causes: [cause],
    ...{ agent: asked.agent, task: task.id, person, approval: approvalId },
    body: {
      added: added.map(({ id, tool, uses }) => ({ id, tool, uses })),
      ...(asked.confirms === null ? {} : { confirmsPrompt: asked.confirms }),
      ...(asked.prompt === null ? {} : { promptDigest: sha256(asked.prompt) }),
      planDigest: digestPlan(plan),
      planDigestBefore: before.version === 0 ? null : digestPlan(before),
      removed: [],
    },
  });
  tx.afterCommit(() => {
    task.history.plan.put(plan);
    // What an agent said that a person wanted, and the person has put right, proves nothing any more.
    if (asked.prompt !== null && asked.confirms === null) task.history.values.forget('prompt');
    learnPlan(task.history.values, plan);
  });
}

/** The person's own words take the place of what the agent said they were; what was approved on top of them stays. */
function sayPrompt(
  context: Pick<Context, 'upstreams'>,
  before: StoredPlan,
  { asked, person }: SignedAmendment,
  limits: Limits,
): StoredPlan {
  if (asked.confirms !== null) {
    if (before.prompt === null || sha256(before.prompt) !== asked.confirms)
      throw new AppError('task.plan_changed');
    return { ...before, confirmedBy: person };
  }
  if (asked.prompt !== null) {
    const derived = derivePlan(context, asked.prompt, limits);
    const kept = before.grant.entries.filter(({ source }) => source !== 'prompt');
    const grant = { ...derived.grant, entries: [...derived.grant.entries, ...kept] };
    return { ...before, ...derived, grant, bounds: before.bounds, confirmedBy: person };
  }
  return before;
}

function addEntries(before: StoredPlan, { asked, approvalId }: SignedAmendment): StoredPlan {
  const version = before.version + 1;
  const entries = asked.entries.map(
    ({ id, tool, arguments: args, uses }): GrantEntry => ({
      // Never given out before, also not to an entry that is gone: uses are counted by it.
      ...{ id: `v${version}.${id}`, tool, arguments: args, uses, asks: false },
      source: asked.by === 'person' ? 'person' : 'approval',
      because: `signed in ${approvalId}`,
    }),
  );
  const amended = amendGrant(before.grant, { entries });
  if (!amended.ok) throw new AppError('task.plan_too_large');
  const bounds = new Map(before.bounds);
  for (const entry of asked.entries)
    bounds.set(`v${version}.${entry.id}`, { task: asked.task, expiresAt: entry.expiresAt });
  return { ...before, grant: amended.grant, bounds, version };
}
