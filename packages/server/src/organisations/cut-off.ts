import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { type Actor, nameActor, requirePermission } from '../people/index.ts';
import type { Transaction } from '../plugins/database/database.ts';
import { describeCut } from '../signals/index.ts';
import { plainLine } from '../wire/plain-text.ts';
import { loadOrganisation } from './organisation.ts';

export const cutOffInput = z.strictObject({ reason: plainLine(500) });

export const cutOffAnswer = z.object({
  name: z.string(),
  agents: z.number().int(),
  tasks: z.array(z.string()).readonly().describe('Those that ended'),
  tokens: z.number().int().describe('Those that were worth something until now'),
  approvals: z.number().int().describe('Those that waited'),
  cut: z.array(z.string()).readonly().describe('Action ids of the calls cut in flight'),
});
export type CutOff = z.output<typeof cutOffAnswer>;

/**
 * Ends everything that was given on an organisation's word, and keeps it out until new terms are signed: calls in flight
 * are cut before anything is written, then its tasks end with their tokens and approvals. Throws `organisation.not_found`.
 */
export async function cutOff(context: Context, actor: Actor, name: string, input: unknown): Promise<CutOff> {
  requirePermission(actor, 'organisations.cut_off');
  const { reason } = cutOffInput.parse(input);
  const { organisations, platform, store, tasks } = context;
  const known = await loadOrganisation(store.sql, name);
  // In force in memory first, so that a slow disk never delays it.
  const cut = organisations.put({ ...known, state: 'cut_off' });
  await context.tokens.learnListed();
  return store.transaction(async (tx) => {
    const organisation = await loadOrganisation(tx.sql, name);
    if (organisation.state === 'cut_off') throw new AppError('organisation.cut_off');
    const at = platform.now();
    const record = platform.newId('rec');
    const by = nameActor(actor);
    const { agents } = organisation.terms;
    const ended = new Set<string>();
    for (const agent of agents) {
      const closing = { under: { agent }, reason: 'stopped', by, causes: [record] } as const;
      for (const task of await tasks.close(tx, closing)) ended.add(task);
    }
    const approvals = await countWaiting(tx, [...ended]);
    const tokens = countTokens(context, agents);
    const changed = { ...organisation, state: 'cut_off', changedAt: at, changedRecord: record } as const;
    await tx.sql
      .updateTable('organisations')
      .set({ state: 'cut_off', changed_at: at, changed_record: record })
      .where('id', '=', organisation.id)
      .execute();
    tx.record({
      ...{ id: record, kind: 'organisation.cut_off', at, causes: [organisation.changedRecord] },
      agents: [...agents],
      body: {
        ...{ organisation: name, by, reason, agents: agents.length, tasks: ended.size, tokens, approvals },
        ...describeCut(cut),
      },
    });
    tx.afterCommit(() => organisations.put(changed));
    return { name, agents: agents.length, tasks: [...ended], tokens, approvals, cut };
  });
}

const idsInStatement = 500;

async function countWaiting({ sql }: Transaction, tasks: readonly string[]): Promise<number> {
  let count = 0;
  for (let from = 0; from < tasks.length; from += idsInStatement) {
    const { waiting } = await sql
      .selectFrom('approvals')
      .select(({ fn }) => fn.countAll<number>().as('waiting'))
      .where('task_id', 'in', tasks.slice(from, from + idsInStatement))
      .where('state', '=', 'requested')
      .executeTakeFirstOrThrow();
    count += Number(waiting);
  }
  return count;
}

function countTokens({ platform, tokens }: Context, agents: readonly string[]): number {
  return tokens.statusLists.count((token) => agents.includes(token.agentId), platform.now());
}
