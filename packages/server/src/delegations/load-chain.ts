import { AppError } from '@countersign/api';
import { DEEPEST_DELEGATION } from '@countersign/core';
import { type Kysely, sql as text } from 'kysely';
import type { Schema } from '../plugins/database/schema.ts';
import type { DelegationRow } from './delegation-row.ts';
import { withBelow } from './with-below.ts';

/** A delegation with what all tasks under it have durably used. */
export interface UsedDelegationRow extends DelegationRow {
  readonly used_calls: number;
  readonly used_spend_minor: number;
  readonly used_rows: number;
  readonly used_bytes: number;
}

/**
 * The rows from the person's delegation to this one, in one statement however long the chain is. Throws
 * `delegation.not_found`, `delegation.not_active` when endless.
 */
export async function loadChain(
  sql: Kysely<Schema>,
  delegationId: string,
): Promise<readonly UsedDelegationRow[]> {
  const rows = await sql
    .withRecursive('line(id, step)', (from) =>
      from
        .selectFrom('delegations')
        .select(['delegations.id', text<number>`0`.as('step')])
        .where('delegations.id', '=', delegationId)
        .unionAll((query) =>
          query
            .selectFrom('line')
            .innerJoin('delegations as child', 'child.id', 'line.id')
            .innerJoin('delegations as parent', 'parent.id', 'child.parent_id')
            .select(['parent.id', text<number>`line.step + 1`.as('step')])
            // A cycle put into the table would never end.
            .where('line.step', '<=', DEEPEST_DELEGATION),
        ),
    )
    .selectFrom('line')
    .innerJoin('delegations', 'delegations.id', 'line.id')
    .leftJoin('budgets', 'budgets.holder', 'delegations.id')
    .selectAll('delegations')
    .select(['budgets.calls', 'budgets.spend_minor', 'budgets.result_rows', 'budgets.result_bytes'])
    .select(({ exists, selectFrom }) =>
      exists(selectFrom('budget_slices').select('gateway').whereRef('holder', '=', 'delegations.id')).as(
        'is_sliced',
      ),
    )
    .orderBy('line.step', 'desc')
    .execute();
  const [first] = rows;
  if (first === undefined) throw new AppError('delegation.not_found');
  if (first.parent_id !== null) throw new AppError('delegation.not_active');
  const sliced = rows.filter((row) => Boolean(row.is_sliced)).map(({ id }) => id);
  const slices = sliced.length === 0 ? [] : await selectSlices(sql).where('holder', 'in', sliced).execute();
  return rows.map(({ calls, spend_minor, result_rows, result_bytes, is_sliced: _, ...row }) => {
    const own = slices.filter(({ holder }) => holder === row.id);
    const sum = (column: Exclude<keyof (typeof own)[number], 'holder'>): number =>
      own.reduce((total, slice) => total + slice[column], 0);
    return {
      ...row,
      used_calls: (calls ?? 0) + sum('calls'),
      used_spend_minor: (spend_minor ?? 0) + sum('spend_minor'),
      used_rows: (result_rows ?? 0) + sum('result_rows'),
      used_bytes: (result_bytes ?? 0) + sum('result_bytes'),
    };
  });
}

/** What gateways that work now have used, each by itself. */
export function selectSlices(sql: Kysely<Schema>) {
  return sql
    .selectFrom('budget_slices')
    .select(['holder', 'calls', 'spend_minor', 'result_rows', 'result_bytes']);
}

const idsInStatement = 500;

/** The delegations made from these ones, theirs, and so on, parents first; without these ones. */
export async function loadDescendants(
  sql: Kysely<Schema>,
  delegationIds: readonly string[],
): Promise<readonly DelegationRow[]> {
  const found = new Map<string, DelegationRow>();
  for (let from = 0; from < delegationIds.length; from += idsInStatement) {
    const some = delegationIds.slice(from, from + idsInStatement);
    const rows = await withBelow(sql, (root) => root.where('parent_id', 'in', some))
      .selectFrom('below')
      .innerJoin('delegations', 'delegations.id', 'below.id')
      .selectAll('delegations')
      .orderBy('delegations.id')
      .execute();
    for (const row of rows) found.set(row.id, row);
  }
  return sortByParent(found);
}

/** Ids are in the order of creation, but a clock may be set back between a parent and its child. */
function sortByParent(rows: ReadonlyMap<string, DelegationRow>): readonly DelegationRow[] {
  const sorted = new Set<DelegationRow>();
  for (const row of rows.values()) {
    const line: DelegationRow[] = [];
    for (let next: DelegationRow | undefined = row; next !== undefined && !line.includes(next); ) {
      line.unshift(next);
      next = next.parent_id === null ? undefined : rows.get(next.parent_id);
    }
    for (const one of line) sorted.add(one);
  }
  return [...sorted];
}
