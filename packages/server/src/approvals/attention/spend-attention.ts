import { AppError } from '@countersign/api';
import type { Context } from '../../context.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import type { EligiblePerson } from '../routing/index.ts';

const hourMilliseconds = 3_600_000;
/** In place of a time: their attention was spent when the question was asked that this became a part of. */
const askedWithAnother = 0;
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
 * Puts a request before those of its deciders who were not asked too much in the last hour, in the transaction that makes or
 * extends it. What belongs to a question that is open already is for those whom that asked, and asks nobody again unless they
 * are too few for it. Throws `approval.people_overasked` when too few are left: attention that is spent never becomes a yes.
 */
export async function spendAttention(
  context: { readonly platform: Pick<Context['platform'], 'now'>; readonly asksPerHour: number },
  tx: Transaction,
  { approvalId, deciders, quorum, groupId }: Asked,
): Promise<void> {
  if (deciders.length === 0) return;
  const at = context.platform.now();
  // Those who are asked anyway may be too few for the quorum; that is for the policy to say, not for their attention.
  const needed = Math.min(quorum, deciders.length);
  const own = await listAsked(tx, approvalId);
  const known =
    groupId === null ? own : new Set([...own, ...(await listAskedWith(tx, approvalId, groupId, at))]);
  const told = deciders.filter(({ personId }) => known.has(personId));
  await keepAsks(
    tx,
    approvalId,
    told.filter(({ personId }) => !own.has(personId)),
    askedWithAnother,
  );
  if (told.length >= needed) return;
  const others = deciders.filter(({ personId }) => !known.has(personId));
  const counts = await tx.sql
    .selectFrom('approval_asks')
    .select(['person_id', (all) => all.fn.countAll<number>().as('count')])
    .where(
      'person_id',
      'in',
      others.map(({ personId }) => personId),
    )
    .where('at', '>', at - hourMilliseconds)
    .groupBy('person_id')
    .execute();
  const asked = new Map(counts.map((row) => [row.person_id, Number(row.count)]));
  const free = others.filter(({ personId }) => (asked.get(personId) ?? 0) < context.asksPerHour);
  if (told.length + free.length < needed) throw new AppError('approval.people_overasked');
  await keepAsks(tx, approvalId, free.slice(0, mostAsked), at);
}

async function keepAsks(
  tx: Transaction,
  approvalId: string,
  people: readonly EligiblePerson[],
  at: number,
): Promise<void> {
  if (people.length === 0) return;
  await tx.sql
    .insertInto('approval_asks')
    .values(people.map(({ personId }) => ({ approval_id: approvalId, person_id: personId, at })))
    .execute();
}

/** Whom the open requests asked that this one is one question with. */
async function listAskedWith(
  tx: Transaction,
  approvalId: string,
  groupId: string,
  at: number,
): Promise<ReadonlySet<string>> {
  const rows = await tx.sql
    .selectFrom('approval_asks')
    .innerJoin('approvals', 'approvals.id', 'approval_asks.approval_id')
    .select('approval_asks.person_id')
    .distinct()
    .where('approvals.group_id', '=', groupId)
    .where('approvals.state', '=', 'requested')
    .where('approvals.expires_at', '>', at)
    .where('approvals.id', '!=', approvalId)
    .execute();
  return new Set(rows.map((row) => row.person_id));
}

async function listAsked(
  { sql }: Pick<Transaction, 'sql'>,
  approvalId: string,
): Promise<ReadonlySet<string>> {
  const rows = await sql
    .selectFrom('approval_asks')
    .select('person_id')
    .where('approval_id', '=', approvalId)
    .execute();
  return new Set(rows.map((row) => row.person_id));
}

/** Who was asked first; undefined for a request that was put before nobody in particular. */
export async function findAsked(
  { store }: Pick<Context, 'store'>,
  approvalId: string,
): Promise<ReadonlySet<string> | undefined> {
  const asked = await listAsked(store, approvalId);
  return asked.size === 0 ? undefined : asked;
}
