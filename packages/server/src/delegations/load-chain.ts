import { AppError } from '@countersign/api';
import { DEEPEST_DELEGATION } from '@countersign/core';
import type { Kysely } from 'kysely';
import type { Schema } from '../plugins/database/schema.ts';
import { type DelegationRow, loadDelegation } from './delegation-row.ts';

/** The rows from the person's delegation to this one. Throws `delegation.not_found`, `delegation.not_active` when endless. */
export async function loadChain(
  sql: Kysely<Schema>,
  delegationId: string,
): Promise<readonly DelegationRow[]> {
  const rows: DelegationRow[] = [];
  for (let next: string | null = delegationId; next !== null; ) {
    if (rows.length > DEEPEST_DELEGATION) throw new AppError('delegation.not_active');
    const row: DelegationRow = await loadDelegation(sql, next);
    rows.unshift(row);
    next = row.parent_id;
  }
  return rows;
}

const idsInStatement = 500;

/** The delegations made from these ones, theirs, and so on; without these ones. */
export async function loadDescendants(
  sql: Kysely<Schema>,
  delegationIds: readonly string[],
): Promise<readonly DelegationRow[]> {
  const found = new Map<string, DelegationRow>();
  let parents = delegationIds;
  for (let depth = 0; parents.length > 0 && depth <= DEEPEST_DELEGATION; depth += 1) {
    const children: DelegationRow[] = [];
    for (let from = 0; from < parents.length; from += idsInStatement) {
      const some = parents.slice(from, from + idsInStatement);
      children.push(
        ...(await sql.selectFrom('delegations').selectAll().where('parent_id', 'in', some).execute()),
      );
    }
    const fresh = children.filter((row) => !found.has(row.id));
    for (const row of fresh) found.set(row.id, row);
    parents = fresh.map((row) => row.id);
  }
  return [...found.values()];
}
