import type { Context } from '../context.ts';
import type { Transaction } from '../plugins/database/database.ts';
import { firstRecord } from '../plugins/database/first-record.ts';
import type { DelegationRow } from './delegation-row.ts';
import { loadDescendants } from './load-chain.ts';

export interface Revocation {
  /** Delegations not revoked yet. */
  readonly roots: readonly DelegationRow[];
  /** As `nameActor` says it. */
  readonly by: string;
  /** Records this follows from. */
  readonly causes: readonly string[];
  /** More for the records of the roots. */
  readonly body?: Readonly<Record<string, unknown>>;
}

/** Revokes the roots and all below, ends their tasks, and records each of these. Returns what ended. */
export async function revokeBranches(
  context: Pick<Context, 'platform' | 'tasks'>,
  tx: Transaction,
  revocation: Revocation,
): Promise<{ readonly delegations: readonly string[]; readonly tasks: readonly string[] }> {
  const { roots, by } = revocation;
  if (roots.length === 0) return { delegations: [], tasks: [] };
  const now = context.platform.now();
  const descendants = await loadDescendants(
    tx.sql,
    roots.map((row) => row.id),
  );
  const isRoot = new Set(roots.map((row) => row.id));
  const below = descendants.filter((row) => row.revoked_at === null && !isRoot.has(row.id));
  const recordIds = new Map<string, string>();
  for (const row of [...roots, ...below]) {
    const recordId = context.platform.newId('rec');
    recordIds.set(row.id, recordId);
    await tx.sql.updateTable('delegations').set({ revoked_at: now }).where('id', '=', row.id).execute();
    const parentRecord = row.parent_id === null ? undefined : recordIds.get(row.parent_id);
    const standing = await readStanding(tx, row.id);
    tx.record({
      id: recordId,
      kind: 'delegation.revoked',
      at: now,
      causes: [...standing.causes, ...(parentRecord === undefined ? revocation.causes : [parentRecord])],
      agent: row.agent_id,
      person: row.root_person_id,
      chain: [row.id],
      body: {
        by,
        endedTasks: standing.openTasks,
        ...(isRoot.has(row.id) ? revocation.body : { with: row.parent_id }),
      },
    });
  }
  const tasks: string[] = [];
  for (const [delegationId, recordId] of recordIds) {
    const closing = { reason: 'delegation_ended', by, causes: [recordId] } as const;
    tasks.push(...(await context.tasks.close(tx, { under: { delegations: [delegationId] }, ...closing })));
  }
  return { delegations: [...recordIds.keys()], tasks };
}

/** How many tasks end with the delegation, and the record of its creation. */
async function readStanding(tx: Transaction, delegationId: string) {
  const { record, open } = await tx.sql
    .selectFrom('delegations')
    .select(firstRecord('delegations.id', 'delegation.created').as('record'))
    .select((select) =>
      select
        .selectFrom('tasks')
        .select((count) => count.fn.countAll<number>().as('open'))
        .whereRef('tasks.delegation_id', '=', 'delegations.id')
        .where('tasks.ended_at', 'is', null)
        .as('open'),
    )
    .where('delegations.id', '=', delegationId)
    .executeTakeFirstOrThrow();
  return { causes: record === null ? [] : [record], openTasks: Number(open) };
}

/** Revokes what was delegated to an agent, by one person or by anyone. */
export async function revokeDelegationsTo(
  context: Pick<Context, 'platform' | 'tasks'>,
  tx: Transaction,
  given: Omit<Revocation, 'roots'> & { readonly agentId: string; readonly fromPersonId?: string },
): Promise<{ readonly delegations: readonly string[]; readonly tasks: readonly string[] }> {
  const { agentId, fromPersonId, ...revocation } = given;
  const roots = await tx.sql
    .selectFrom('delegations')
    .selectAll()
    .where('agent_id', '=', agentId)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', context.platform.now())
    .$if(fromPersonId !== undefined, (query) => query.where('root_person_id', '=', fromPersonId ?? ''))
    .execute();
  return revokeBranches(context, tx, { ...revocation, roots });
}
