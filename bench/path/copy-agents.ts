import type { JsonWebKey } from 'node:crypto';
import { type Context, parseAgentKey, type Transaction } from '@countersign/server/parts';
import type { EnrolledAgent } from './enrol-agents.ts';

const lot = 250;

/** Ten thousand agents through the verbs would take a minute of commits; their rows, and what they opened, are the same. */
export async function copyAgents(
  context: Context,
  first: EnrolledAgent,
  jwks: readonly JsonWebKey[],
): Promise<readonly EnrolledAgent[]> {
  const copies: EnrolledAgent[] = [];
  for (let done = 0; done < jwks.length; done += lot) {
    const keys = await Promise.all(jwks.slice(done, done + lot).map(parseAgentKey));
    const made = keys.map(({ thumbprint, jwk }) => ({
      jwk: JSON.stringify(jwk),
      id: context.platform.newId('agt'),
      ownerId: first.ownerId,
      key: thumbprint,
      delegationId: context.platform.newId('dlg'),
      taskId: context.platform.newId('tsk'),
    }));
    await context.store.transaction(async (tx) => {
      await copyRows(tx, first, made);
      for (const copy of made) recordOpening(context, tx, copy);
    });
    copies.push(...made);
  }
  return copies;
}

async function copyRows(
  { sql }: Transaction,
  first: EnrolledAgent,
  copies: readonly (EnrolledAgent & { readonly jwk: string })[],
): Promise<void> {
  const agent = await sql
    .selectFrom('agents')
    .selectAll()
    .where('id', '=', first.id)
    .executeTakeFirstOrThrow();
  const key = await sql
    .selectFrom('agent_keys')
    .selectAll()
    .where('agent_id', '=', first.id)
    .executeTakeFirstOrThrow();
  const delegation = await sql
    .selectFrom('delegations')
    .selectAll()
    .where('id', '=', first.delegationId)
    .executeTakeFirstOrThrow();
  const task = await sql
    .selectFrom('tasks')
    .selectAll()
    .where('id', '=', first.taskId)
    .executeTakeFirstOrThrow();
  await sql
    .insertInto('agents')
    .values(copies.map(({ id }) => ({ ...agent, id, name: id })))
    .execute();
  await sql
    .insertInto('agent_keys')
    .values(copies.map(({ key: thumbprint, id, jwk }) => ({ ...key, thumbprint, agent_id: id, jwk })))
    .execute();
  await sql
    .insertInto('delegations')
    .values(copies.map((copy) => ({ ...delegation, id: copy.delegationId, agent_id: copy.id })))
    .execute();
  await sql
    .insertInto('tasks')
    .values(
      copies.map((copy) => ({
        ...task,
        id: copy.taskId,
        agent_id: copy.id,
        delegation_id: copy.delegationId,
      })),
    )
    .execute();
}

/** What is done in a task follows from this record. */
function recordOpening(context: Context, tx: Transaction, copy: EnrolledAgent): void {
  tx.record({
    id: context.platform.newId('rec'),
    kind: 'task.opened',
    at: context.platform.now(),
    causes: [],
    task: copy.taskId,
    agent: copy.id,
    key: copy.key,
    person: copy.ownerId,
    chain: [copy.delegationId],
    body: { by: copy.id, delegation: copy.delegationId },
  });
}
