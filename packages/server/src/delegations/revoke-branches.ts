import type { Context } from '../context.ts';
import type { Transaction } from '../plugins/database/database.ts';
import { firstRecord } from '../plugins/database/first-record.ts';
import type { DelegationRow } from './delegation-row.ts';
import { loadDescendants } from './load-chain.ts';

export interface RevokingContext {
  readonly platform: Pick<Context['platform'], 'now' | 'newId'>;
  readonly tasks: Pick<Context['tasks'], 'close'>;
}

export interface Revocation {
  /** Delegations not revoked yet. */
  readonly roots: readonly DelegationRow[];
  /** As `nameActor` says it. */
  readonly by: string;
  /** Records that the end of a root follows from. */
  causes(root: DelegationRow): readonly string[];
  /** More for the records of the roots. */
  readonly body?: Readonly<Record<string, unknown>>;
}

/** Ids of what ended. */
export interface Revoked {
  readonly delegations: readonly string[];
  readonly tasks: readonly string[];
}

/** Revokes the roots and all below, ends their tasks, and records each of these. Returns what ended. */
export async function revokeBranches(
  context: RevokingContext,
  tx: Transaction,
  revocation: Revocation,
): Promise<Revoked> {
  const { roots, by } = revocation;
  if (roots.length === 0) return { delegations: [], tasks: [] };
  const now = context.platform.now();
  const descendants = await loadDescendants(
    tx.sql,
    roots.map((row) => row.id),
  );
  const rootIds = new Set(roots.map((row) => row.id));
  const below = descendants.filter((row) => row.revoked_at === null && !rootIds.has(row.id));
  const ended = [...roots, ...below];
  const ids = ended.map((row) => row.id);
  const standing = await readStanding(tx, ids);
  await markRevoked(tx, ids, now);
  const recordIds = new Map(ids.map((id) => [id, context.platform.newId('rec')] as const));
  for (const row of ended) {
    const isRoot = rootIds.has(row.id);
    const parentRecord = row.parent_id === null ? undefined : recordIds.get(row.parent_id);
    const { created, openTasks } = standing.get(row.id) ?? { created: null, openTasks: 0 };
    const above = isRoot || parentRecord === undefined ? revocation.causes(row) : [parentRecord];
    tx.record({
      id: recordIds.get(row.id) ?? '',
      kind: 'delegation.revoked',
      at: now,
      causes: created === null ? above : [created, ...above],
      agent: row.agent_id,
      person: row.root_person_id,
      chain: [row.id],
      body: { by, endedTasks: openTasks, ...(isRoot ? revocation.body : { with: row.parent_id }) },
    });
  }
  const tasks = await context.tasks.close(tx, {
    under: { delegations: ids },
    reason: 'delegation_ended',
    by,
    causes: (task) => [recordIds.get(task.delegationId)].filter((id) => id !== undefined),
  });
  return { delegations: ids, tasks };
}

const idsInStatement = 500;

async function markRevoked(tx: Transaction, ids: readonly string[], now: number): Promise<void> {
  for (let from = 0; from < ids.length; from += idsInStatement) {
    await tx.sql
      .updateTable('delegations')
      .set({ revoked_at: now })
      .where('id', 'in', ids.slice(from, from + idsInStatement))
      .where('revoked_at', 'is', null)
      .execute();
  }
}

interface Standing {
  /** The record of its creation. */
  readonly created: string | null;
  readonly openTasks: number;
}

async function readStanding(tx: Transaction, ids: readonly string[]): Promise<ReadonlyMap<string, Standing>> {
  const standing = new Map<string, Standing>();
  for (let from = 0; from < ids.length; from += idsInStatement) {
    const rows = await tx.sql
      .selectFrom('delegations')
      .select('delegations.id')
      .select(firstRecord('delegations.id', 'delegation.created').as('created'))
      .select((select) =>
        select
          .selectFrom('tasks')
          .select((count) => count.fn.countAll<number>().as('open'))
          .whereRef('tasks.delegation_id', '=', 'delegations.id')
          .where('tasks.ended_at', 'is', null)
          .as('open'),
      )
      .where('delegations.id', 'in', ids.slice(from, from + idsInStatement))
      .execute();
    for (const { id, created, open } of rows) standing.set(id, { created, openTasks: Number(open) });
  }
  return standing;
}

/** Revokes what was delegated to an agent, by one person or by anyone. */
export async function revokeDelegationsTo(
  context: RevokingContext,
  tx: Transaction,
  given: Omit<Revocation, 'roots' | 'causes'> & {
    readonly agentId: string;
    readonly fromPersonId?: string;
    readonly causes: readonly string[];
  },
): Promise<Revoked> {
  const { agentId, fromPersonId, causes, ...revocation } = given;
  const roots = await tx.sql
    .selectFrom('delegations')
    .selectAll()
    .where('agent_id', '=', agentId)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', context.platform.now())
    .$if(fromPersonId !== undefined, (query) => query.where('root_person_id', '=', fromPersonId ?? ''))
    .execute();
  return revokeBranches(context, tx, { ...revocation, roots, causes: () => causes });
}
