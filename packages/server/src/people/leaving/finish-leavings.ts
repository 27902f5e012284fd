import type { Transaction } from '../../plugins/database/database.ts';
import { getPerson } from '../get-person.ts';
import { readPerson } from '../person.ts';
import type { Leaving } from './leave-person.ts';
import type { LeavingRow } from './leaving-row.ts';
import { orphanAgents } from './orphan-agents.ts';

/** Few enough that one transaction stays far below its limit of time, whatever hangs on each. */
const delegationsAtOnce = 50;

/**
 * Ends what the person leaves behind, in transactions of a bounded size. Whatever keeps it from its end, the next call
 * goes on from there; several at once do each thing once.
 */
export async function finishLeavings(context: Leaving, personId: string): Promise<void> {
  const unfinished = await context.store.sql
    .selectFrom('leavings')
    .selectAll()
    .where('person_id', '=', personId)
    .where('finished_at', 'is', null)
    .orderBy('at')
    .execute();
  const [first] = unfinished;
  if (first === undefined) return;
  await context.approvals.refreshVoter(personId);
  await context.approvals.cancel('owner', personId, `person.${first.kind}`);
  while ((await context.store.transaction((tx) => revokeSome(context, tx, first))) > 0);
  while ((await context.store.transaction((tx) => orphanAgents(context, tx, first))) > 0);
  for (const leaving of unfinished)
    await context.store.transaction((tx) => finish(context, tx, leaving.record));
}

/** What the person gave, and all below it. */
async function revokeSome(context: Leaving, tx: Transaction, leaving: LeavingRow): Promise<number> {
  const roots = await tx.sql
    .selectFrom('delegations')
    .selectAll()
    .where('root_person_id', '=', leaving.person_id)
    .where('parent_id', 'is', null)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', context.platform.now())
    .orderBy('id')
    .limit(delegationsAtOnce)
    .execute();
  const revoked = await context.tasks.revoke(tx, {
    roots,
    by: `system:${leaving.kind}`,
    causes: () => [leaving.record],
  });
  await count(tx, leaving.record, { delegations: revoked.delegations.length });
  return roots.length;
}

async function count(
  tx: Transaction,
  record: string,
  ended: { readonly delegations: number },
): Promise<void> {
  if (ended.delegations === 0) return;
  await tx.sql
    .updateTable('leavings')
    .set((row) => ({ delegations: row('delegations', '+', ended.delegations) }))
    .where('record', '=', record)
    .execute();
}

async function finish(context: Leaving, tx: Transaction, record: string): Promise<void> {
  const leaving = await tx.sql
    .selectFrom('leavings')
    .selectAll()
    .where('record', '=', record)
    .executeTakeFirstOrThrow();
  if (leaving.finished_at !== null) return;
  const now = context.platform.now();
  await tx.sql.updateTable('leavings').set({ finished_at: now }).where('record', '=', record).execute();
  tx.record({
    id: context.platform.newId('rec'),
    kind: 'person.agents_lost',
    at: now,
    causes: [record],
    person: leaving.person_id,
    body: { agents: leaving.agents, delegations: leaving.delegations, cause: leaving.cause },
  });
  if (leaving.agents > 0) await tellAdministrators(context, tx, leaving.person_id);
  if (leaving.kind === 'left') return;
  // Who stays keeps no stop: nothing is left that it would have to hold.
  const stop = await isStopInForce(tx, leaving.person_id);
  tx.afterCommit(() => {
    if (!stop) context.stops.lift('owner', leaving.person_id);
  });
}

/** Somebody has to give the agents to others, or retire them. */
async function tellAdministrators(context: Leaving, tx: Transaction, personId: string): Promise<void> {
  const people = (await tx.sql.selectFrom('people').selectAll().where('state', '=', 'active').execute()).map(
    readPerson,
  );
  const leaver = await getPerson(tx, personId);
  for (const { id } of people.filter((person) => person.roles.includes('admin'))) {
    const news = { kind: 'agents_orphaned', subject: leaver.displayName, link: '/agents' } as const;
    await context.approvals.tellPerson(tx, { personId: id, ...news });
  }
}

/** Whether something else than the end of this leaving keeps the owner's agents stopped. */
export async function isStopInForce(tx: Transaction, personId: string): Promise<boolean> {
  const stop = await tx.sql
    .selectFrom('stops')
    .select('id')
    .where('scope', '=', 'owner')
    .where('target', '=', personId)
    .where('lifted_at', 'is', null)
    .executeTakeFirst();
  if (stop !== undefined) return true;
  const person = await tx.sql
    .selectFrom('people')
    .select('state')
    .where('id', '=', personId)
    .executeTakeFirst();
  if (person?.state === 'suspended') return true;
  const unfinished = await tx.sql
    .selectFrom('leavings')
    .select('record')
    .where('person_id', '=', personId)
    .where('finished_at', 'is', null)
    .executeTakeFirst();
  return unfinished !== undefined;
}
