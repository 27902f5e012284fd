import {
  type Advice,
  type Attended,
  type AttentionOf,
  adviseOnAttention,
  measureAttention,
} from '@countersign/core';
import type { Context } from '../../context.ts';
import { type Actor, hasPermission, requirePermission } from '../../people/index.ts';
import { CHECK_DAYS, type CheckFigures, countChecks } from '../checks/index.ts';
import type { Presented } from '../presented.ts';

const dayMilliseconds = 24 * 3_600_000;
const hourMilliseconds = 3_600_000;
export const ATTENTION_DAYS = 30;
const mostDecisions = 20_000;

export interface ShownAttention extends AttentionOf {
  readonly name: string;
  /** Requests put before them in the last hour, and how many more there may be. */
  readonly askedLastHour: number;
  readonly asksPerHour: number;
}

export interface AttentionReport {
  readonly days: number;
  readonly decisions: number;
  /** False when there were more than were looked at: the newest count. */
  readonly isAll: boolean;
  readonly people: readonly ShownAttention[];
  readonly advice: readonly Advice[];
  /** Of the requests shown again to learn whether people read, apart from all that is real. */
  readonly checks: {
    readonly days: number;
    /** At most so many a person; 0 when nobody is checked. Said to everybody. */
    readonly perWeek: number;
    readonly people: readonly CheckFigures[];
  };
}

/**
 * How people decide, and what that says of the questions they are asked: everybody sees their own, those who may see all of
 * it everybody's. Drills do not count, and checks by themselves. At most 20,000 decisions of 30 days.
 */
export async function showAttention(
  context: Pick<Context, 'config' | 'platform' | 'store'>,
  actor: Actor,
): Promise<AttentionReport> {
  const seesAll = hasPermission(actor, 'approvals.read_attention');
  if (!seesAll) requirePermission(actor, 'approvals.decide');
  const only = seesAll || actor.kind !== 'person' ? undefined : actor.person;
  const now = context.platform.now();
  const rows = await selectDecisions(context, now - ATTENTION_DAYS * dayMilliseconds, only);
  const looked = rows.slice(0, mostDecisions);
  const decisions = looked.map(readDecision);
  const asked = await countAsked(context, now - hourMilliseconds);
  const names = new Map(looked.map((row) => [row.person_id, row.display_name]));
  return {
    days: ATTENTION_DAYS,
    decisions: decisions.length,
    isAll: looked.length === rows.length,
    people: measureAttention(decisions).map((one) => ({
      ...one,
      name: names.get(one.person) ?? one.person,
      askedLastHour: asked.get(one.person) ?? 0,
      asksPerHour: context.config.approvals.asksPerHour,
    })),
    advice: adviseOnAttention(decisions),
    checks: {
      days: CHECK_DAYS,
      perWeek: context.config.approvals.seededChecks,
      people: await countChecks(context, only),
    },
  };
}

function selectDecisions({ store }: Pick<Context, 'store'>, since: number, person: string | undefined) {
  return store.sql
    .selectFrom('approval_votes as votes')
    .innerJoin('approvals', 'approvals.id', 'votes.approval_id')
    .innerJoin('people', 'people.id', 'votes.person_id')
    .leftJoin('approval_regrets as regrets', (join) =>
      join
        .onRef('regrets.approval_id', '=', 'votes.approval_id')
        .onRef('regrets.person_id', '=', 'votes.person_id'),
    )
    .select(['votes.person_id', 'votes.outcome', 'votes.reading', 'votes.at', 'people.display_name'])
    .select(['approvals.agent_id', 'approvals.upstream', 'approvals.tool', 'approvals.requested_at'])
    .select(['approvals.presented', 'regrets.at as regretted_at'])
    .where('votes.at', '>', since)
    .where('approvals.drill', 'is', null)
    .$if(person !== undefined, (rows) => rows.where('votes.person_id', '=', person ?? ''))
    .orderBy('votes.at', 'desc')
    .limit(mostDecisions + 1)
    .execute();
}

function readDecision(row: Awaited<ReturnType<typeof selectDecisions>>[number]): Attended {
  const { policyIds }: Pick<Presented, 'policyIds'> = JSON.parse(row.presented);
  const reading: { readonly milliseconds: number; readonly opened: number } | null =
    row.reading === null ? null : JSON.parse(row.reading);
  return {
    person: row.person_id,
    outcome: row.outcome,
    agent: row.agent_id,
    tool: `${row.upstream}/${row.tool}`,
    policies: policyIds,
    readMilliseconds: reading?.milliseconds ?? null,
    opened: reading?.opened ?? null,
    waitedMilliseconds: row.at - row.requested_at,
    isRegretted: row.regretted_at !== null,
  };
}

async function countAsked(
  { store }: Pick<Context, 'store'>,
  since: number,
): Promise<ReadonlyMap<string, number>> {
  const rows = await store.sql
    .selectFrom('approval_asks')
    .select(['person_id', (all) => all.fn.countAll<number>().as('count')])
    .where('at', '>', since)
    .groupBy('person_id')
    .execute();
  return new Map(rows.map((row) => [row.person_id, Number(row.count)]));
}
