import { startOfWindow } from '@countersign/core';
import { z } from 'zod';
import { loadAgent } from '../../agents/index.ts';
import type { Context } from '../../context.ts';
import { type Actor, requirePermission } from '../../people/index.ts';
import { idSchema } from '../../wire/id-schema.ts';
import type { BoundLimit } from './bundle-limits.ts';
import { type CounterName, writeCounterName } from './counter-name.ts';

export const limitsInput = z.strictObject({
  agentId: idSchema('agt')
    .optional()
    .describe('With what it, its owner, its tasks and its delegations have used.'),
});

export const limitAnswer = z.object({
  policyId: z.string(),
  per: z.string(),
  subject: z.string(),
  unit: z.string().describe('`calls`, `rows`, `bytes`, or a currency whose minor units are counted'),
  most: z.number(),
  used: z.number().describe('Durably, with what calls under way have set aside'),
  left: z.number(),
  windowSeconds: z.number().nullable(),
  resetsAt: z.number().nullable().describe('Epoch milliseconds; null: never'),
});

export const limitsAnswer = z.object({
  items: z.array(limitAnswer).readonly(),
  isComplete: z.boolean().describe('False when there are more than are listed'),
});

export type LimitView = z.infer<typeof limitAnswer>;

const mostShown = 500;
const mostSubjects = 1000;

/** What is used and left of the limits of the policies in force, the fullest first. */
export async function listLimits(
  context: Pick<Context, 'store' | 'policies' | 'platform'>,
  actor: Actor,
  input: unknown,
): Promise<z.infer<typeof limitsAnswer>> {
  requirePermission(actor, 'policies.read');
  const { agentId } = limitsInput.parse(input);
  const limits = context.policies.live?.limits.all ?? [];
  const now = context.platform.now();
  const subjects = agentId === undefined ? null : await listAgentSubjects(context, agentId);
  const rows = limits.length === 0 ? [] : await selectCounters(context, limits, subjects);
  const views = new Map(
    rows.flatMap((row) => {
      const view = showCounter(limits, row, now);
      return view === undefined ? [] : [[writeCounterName(toName(row)), view] as const];
    }),
  );
  for (const limit of limits) {
    for (const subject of subjects?.always.get(limit.per) ?? []) {
      const name = { ...limit, subject };
      const key = writeCounterName(name);
      if (!views.has(key)) views.set(key, show(limit, subject, { used: 0, startsAt: 0 }, now));
    }
  }
  const items = [...views.values()].sort((a, b) => a.left / a.most - b.left / b.most);
  return {
    items: items.slice(0, mostShown),
    isComplete: rows.length < mostShown && items.length <= mostShown,
  };
}

interface Subjects {
  readonly all: readonly string[];
  /** Those to show also before they have used anything. */
  readonly always: ReadonlyMap<string, readonly string[]>;
}

async function listAgentSubjects(
  { store: { sql }, platform }: Pick<Context, 'store' | 'platform'>,
  agentId: string,
): Promise<Subjects> {
  const agent = await loadAgent(sql, agentId);
  const [tasks, delegations] = await Promise.all([
    sql
      .selectFrom('tasks')
      .select('id')
      .where('agent_id', '=', agentId)
      .where('ended_at', 'is', null)
      .orderBy('opened_at', 'desc')
      .limit(mostSubjects)
      .execute(),
    sql
      .selectFrom('delegations')
      .select('id')
      .where('agent_id', '=', agentId)
      .where('revoked_at', 'is', null)
      .where('expires_at', '>', platform.now())
      .orderBy('created_at', 'desc')
      .limit(mostSubjects)
      .execute(),
  ]);
  return {
    all: [agent.id, agent.owner_id, ...[...tasks, ...delegations].map(({ id }) => id)],
    always: new Map([
      ['agent', [agent.id]],
      ['owner', [agent.owner_id]],
    ]),
  };
}

type Row = Awaited<ReturnType<ReturnType<typeof selectFrom>['execute']>>[number];

/** With what gateways that work now have counted, each by itself. */
async function selectCounters(
  context: Pick<Context, 'store'>,
  limits: readonly BoundLimit[],
  subjects: Subjects | null,
): Promise<readonly Row[]> {
  const found = new Map<string, Row>();
  for (const table of ['limit_counters', 'limit_slices'] as const)
    for (const row of await selectFrom(context, table, limits, subjects).execute()) {
      const key = writeCounterName(toName(row));
      const known = found.get(key);
      if (known === undefined || row.starts_at > known.starts_at) found.set(key, row);
      else if (row.starts_at === known.starts_at) found.set(key, { ...known, used: known.used + row.used });
    }
  return [...found.values()].sort((a, b) => b.used - a.used).slice(0, mostShown);
}

function selectFrom(
  { store: { sql } }: Pick<Context, 'store'>,
  table: 'limit_counters' | 'limit_slices',
  limits: readonly BoundLimit[],
  subjects: Subjects | null,
) {
  const policies = [...new Set(limits.map(({ policyId }) => policyId))];
  return sql
    .selectFrom(table)
    .select(['policy_id', 'per', 'subject', 'unit', 'window_seconds', 'starts_at', 'used'])
    .where('policy_id', 'in', policies)
    .$if(subjects !== null, (query) =>
      query.where((where) =>
        where.or([where('subject', 'in', subjects?.all ?? []), where('per', '=', 'tool')]),
      ),
    )
    .orderBy('used', 'desc')
    .limit(mostShown);
}

function toName(row: Row): CounterName {
  const { policy_id: policyId, window_seconds: windowSeconds, subject, unit } = row;
  return { policyId, per: row.per as CounterName['per'], subject, unit, windowSeconds };
}

/** Undefined for what the policy counted before it was changed. */
function showCounter(limits: readonly BoundLimit[], row: Row, now: number): LimitView | undefined {
  const limit = limits.find(
    (one) =>
      one.policyId === row.policy_id &&
      one.per === row.per &&
      one.unit === row.unit &&
      one.windowSeconds === row.window_seconds,
  );
  return limit && show(limit, row.subject, { used: row.used, startsAt: row.starts_at }, now);
}

function show(
  { policyId, per, unit, most, windowSeconds }: BoundLimit,
  subject: string,
  counted: { readonly used: number; readonly startsAt: number },
  now: number,
): LimitView {
  const startsAt = Math.max(startOfWindow(windowSeconds, now), counted.startsAt);
  const used = startsAt === counted.startsAt ? counted.used : 0;
  const whole = windowSeconds === 0;
  return {
    ...{ policyId, per, subject, unit, most, used },
    left: Math.max(0, most - used),
    windowSeconds: whole ? null : windowSeconds,
    resetsAt: whole ? null : startsAt + windowSeconds * 1000,
  };
}
