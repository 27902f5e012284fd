import { AppError } from '@countersign/api';
import type { Context } from '../../context.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import type { EligiblePerson } from '../routing/index.ts';

const hourMilliseconds = 3_600_000;
/** More people are not told of one request. */
const mostAsked = 50;

interface Asked {
  readonly approvalId: string;
  readonly deciders: readonly EligiblePerson[];
  readonly quorum: number;
  /** Requests that are one question; null when it is decided alone. */
  readonly groupId: string | null;
}

/**
 * Puts a request before those of its deciders who were not asked too much in the last hour, in the transaction that makes
 * it. What joins a question that is open already asks nobody again. Throws `approval.people_overasked` when too few are left:
 * attention that is spent never becomes a yes.
 */
export async function spendAttention(
  context: { readonly platform: Pick<Context['platform'], 'now'>; readonly asksPerHour: number },
  tx: Transaction,
  { approvalId, deciders, quorum, groupId }: Asked,
): Promise<void> {
  if (deciders.length === 0 || (groupId !== null && (await joinsQuestion(tx, approvalId, groupId)))) return;
  const at = context.platform.now();
  const counts = await tx.sql
    .selectFrom('approval_asks')
    .select(['person_id', (all) => all.fn.countAll<number>().as('count')])
    .where(
      'person_id',
      'in',
      deciders.map(({ personId }) => personId),
    )
    .where('at', '>', at - hourMilliseconds)
    .groupBy('person_id')
    .execute();
  const asked = new Map(counts.map((row) => [row.person_id, Number(row.count)]));
  const free = deciders.filter(({ personId }) => (asked.get(personId) ?? 0) < context.asksPerHour);
  // Those who are asked anyway may be too few for the quorum; that is for the policy to say, not for their attention.
  if (free.length < Math.min(quorum, deciders.length)) throw new AppError('approval.people_overasked');
  await tx.sql
    .insertInto('approval_asks')
    .values(
      free.slice(0, mostAsked).map(({ personId }) => ({ approval_id: approvalId, person_id: personId, at })),
    )
    .execute();
}

async function joinsQuestion(tx: Transaction, approvalId: string, groupId: string): Promise<boolean> {
  const open = await tx.sql
    .selectFrom('approvals')
    .select('id')
    .where('group_id', '=', groupId)
    .where('state', '=', 'requested')
    .where('id', '!=', approvalId)
    .executeTakeFirst();
  return open !== undefined;
}

/** Who was asked first; undefined for a request that was put before nobody in particular. */
export async function findAsked(
  { store }: Pick<Context, 'store'>,
  approvalId: string,
): Promise<ReadonlySet<string> | undefined> {
  const rows = await store.sql
    .selectFrom('approval_asks')
    .select('person_id')
    .where('approval_id', '=', approvalId)
    .execute();
  return rows.length === 0 ? undefined : new Set(rows.map((row) => row.person_id));
}
