import type { DayCount, Effect, Limits, UsedTool, UseOfLimits } from '@countersign/core';
import type { Kysely } from 'kysely';
import { selectSlices } from '../../delegations/index.ts';
import type { Schema } from '../../plugins/database/schema.ts';
import { dayMilliseconds } from './sum-calls.ts';

export interface MeasuredTool extends UsedTool {
  readonly allowed: number;
  readonly denied: number;
  readonly asked: number;
  readonly lastAt: number;
  /** The decision of the last call. */
  readonly lastRecord: string;
}

/** What was done under a delegation, by whoever acted under it. Times are epoch milliseconds. */
export interface MeasuredUse {
  readonly from: number;
  /** Most used first. */
  readonly tools: readonly MeasuredTool[];
  /** False when there were more kinds of calls than are listed. */
  readonly isWhole: boolean;
  readonly calls: number;
  readonly denied: number;
  readonly asked: number;
  readonly spend: readonly { readonly currency: string; readonly minor: number }[];
  /** Links below it that acted. */
  readonly depth: number;
  readonly days: readonly DayCount[];
  readonly lastAt: number | null;
  readonly tasks: number;
  /** Over its whole life, as budgets count. */
  readonly total: {
    readonly calls: number;
    readonly spendMinor: number;
    readonly rows: number;
    readonly bytes: number;
  };
}

const mostTools = 300;

export async function measureUse(
  sql: Kysely<Schema>,
  delegationId: string,
  { now, days }: { readonly now: number; readonly days: number },
): Promise<MeasuredUse> {
  const from = now - days * dayMilliseconds;
  const rows = sql
    .selectFrom('delegation_use')
    .where('delegation_id', '=', delegationId)
    .where('day', '>=', Math.floor(from / dayMilliseconds));
  const [tools, spend, perDay, sums, tasks, total] = await Promise.all([
    readTools(rows),
    rows
      .select(({ fn }) => ['currency', fn.sum<number>('spend_minor').as('minor')])
      .where('currency', '!=', '')
      .groupBy('currency')
      .limit(16)
      .execute(),
    rows
      .select(({ fn }) => ['day', fn.sum<number>('allowed').as('calls')])
      .groupBy('day')
      .orderBy('day')
      .execute(),
    rows
      .select(({ fn }) => [
        fn.sum<number>('allowed').as('calls'),
        fn.sum<number>('denied').as('denied'),
        fn.sum<number>('asked').as('asked'),
        fn.max<number>('depth').as('depth'),
        fn.max<number>('last_at').as('last'),
      ])
      .executeTakeFirst(),
    countTasks(sql, delegationId, from),
    readTotal(sql, delegationId),
  ]);
  return {
    from,
    tools: tools.slice(0, mostTools),
    isWhole: tools.length <= mostTools,
    ...{
      calls: Number(sums?.calls ?? 0),
      denied: Number(sums?.denied ?? 0),
      asked: Number(sums?.asked ?? 0),
    },
    spend: spend.map(({ currency, minor }) => ({ currency, minor: Number(minor) })),
    depth: Number(sums?.depth ?? 0),
    days: perDay.map(({ day, calls }) => ({ day, calls: Number(calls) })),
    lastAt: sums?.last == null ? null : Number(sums.last),
    ...{ tasks, total },
  };
}

type UseRows = ReturnType<typeof selectUse>;

function selectUse(sql: Kysely<Schema>) {
  return sql.selectFrom('delegation_use').where('delegation_id', '=', '');
}

async function readTools(rows: UseRows): Promise<readonly MeasuredTool[]> {
  const kinds = ['upstream', 'tool', 'effects', 'data_domain', 'environment'] as const;
  const found = await rows
    .select(kinds)
    .select(({ fn }) => [
      fn.sum<number>('allowed').as('allowed'),
      fn.sum<number>('denied').as('denied'),
      fn.sum<number>('asked').as('asked'),
      fn.max<number>('last_at').as('last_at'),
      // Ids sort by time.
      fn.max<string>('last_record').as('last_record'),
    ])
    .groupBy(kinds)
    .orderBy('allowed', 'desc')
    .orderBy('upstream')
    .orderBy('tool')
    .limit(mostTools + 1)
    .execute();
  return found.map((row) => ({
    ...{ upstream: row.upstream, tool: row.tool, dataDomain: row.data_domain, environment: row.environment },
    effects: JSON.parse(row.effects) as readonly Effect[],
    ...{ allowed: Number(row.allowed), denied: Number(row.denied), asked: Number(row.asked) },
    ...{ lastAt: Number(row.last_at), lastRecord: row.last_record },
  }));
}

async function countTasks(sql: Kysely<Schema>, delegationId: string, from: number): Promise<number> {
  const { tasks } = await sql
    .selectFrom('tasks')
    .select(({ fn }) => fn.countAll<number>().as('tasks'))
    .where('delegation_id', '=', delegationId)
    .where('opened_at', '>=', from)
    .executeTakeFirstOrThrow();
  return Number(tasks);
}

async function readTotal(sql: Kysely<Schema>, delegationId: string): Promise<MeasuredUse['total']> {
  const row = await sql
    .selectFrom('budgets')
    .selectAll()
    .where('holder', '=', delegationId)
    .executeTakeFirst();
  const slices = await selectSlices(sql).where('holder', '=', delegationId).execute();
  const all = row === undefined ? slices : [row, ...slices];
  return {
    calls: all.reduce((sum, one) => sum + one.calls, 0),
    spendMinor: all.reduce((sum, one) => sum + one.spend_minor, 0),
    rows: all.reduce((sum, one) => sum + one.result_rows, 0),
    bytes: all.reduce((sum, one) => sum + one.result_bytes, 0),
  };
}

/** What shrinks limits: only tools that a call was allowed to. */
export function listUsedTools({ tools }: Pick<MeasuredUse, 'tools'>): readonly MeasuredTool[] {
  return tools.filter(({ allowed }) => allowed > 0);
}

/** The use as limits are shrunk to it; what was spent in another currency than theirs is none of theirs. */
export function toUseOfLimits(use: MeasuredUse, { currency }: Pick<Limits, 'currency'>): UseOfLimits {
  const spent = use.spend.find((one) => one.currency === currency);
  return { tools: listUsedTools(use), spendMinor: spent?.minor ?? 0, depth: use.depth, total: use.total };
}
