import { AppError } from '@countersign/api';
import type { Selectable } from 'kysely';
import { loadApproval, type StoredApproval } from '../../approvals/index.ts';
import type { Context } from '../../context.ts';
import { sha256 } from '../../platform/sha256.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import type { Schema } from '../../plugins/database/schema.ts';

export type AskRow = Selectable<Schema['backchannel_asks']> & { readonly approval_id: string };

export interface Poll {
  /** `auth_req_id` as the client sent it. */
  readonly authReqId: string;
  readonly agentId: string;
  /** Name of what the request proved possession of. */
  readonly key: string;
}

const slowerBySeconds = 5;
const slowestSeconds = 60;

type Answer<T> =
  | { readonly kind: 'given'; readonly ask: AskRow; readonly approval: StoredApproval; readonly value: T }
  | { readonly kind: 'refused'; readonly error: AppError };

/**
 * One poll (CIBA §10.1, §11). Of all who fetch a given answer one gets it, in the transaction that `deliver` is part of.
 * Throws `token.authorization_pending`, `token.slow_down`, `token.ask_expired`, `token.ask_denied`, and
 * `token.grant_invalid` for a request that is unknown, of another client or key, or fetched already: these cost its
 * owner nothing.
 */
export async function takeAnswer<T>(
  context: Context,
  poll: Poll,
  deliver: (tx: Transaction, ask: AskRow, approval: StoredApproval) => Promise<T>,
): Promise<{ readonly ask: AskRow; readonly approval: StoredApproval; readonly value: T }> {
  if (!/^[A-Za-z0-9_-]{43}$/.test(poll.authReqId)) throw new AppError('token.grant_invalid');
  const answer = await context.store.transaction(async (tx): Promise<Answer<T>> => {
    const ask = await findAsk(tx, poll);
    const refusal = await judge(context, tx, ask);
    if (refusal instanceof AppError) return { kind: 'refused', error: refusal };
    const value = await deliver(tx, ask, refusal);
    const taken = await tx.sql
      .updateTable('backchannel_asks')
      .set({ delivered_at: context.platform.now(), sealed_secret: null })
      .where('id', '=', ask.id)
      .where('delivered_at', 'is', null)
      .executeTakeFirst();
    if (taken.numUpdatedRows !== 1n) throw new AppError('token.grant_invalid');
    return { kind: 'given', ask, approval: refusal, value };
  });
  if (answer.kind === 'refused') throw answer.error;
  return answer;
}

async function findAsk(tx: Transaction, poll: Poll): Promise<AskRow> {
  const row = await tx.sql
    .selectFrom('backchannel_asks')
    .selectAll()
    .where('secret_digest', '=', sha256(poll.authReqId))
    .executeTakeFirst();
  const isOwn = row?.agent_id === poll.agentId && row.proof_key === poll.key;
  if (!isOwn || row.approval_id === null || row.delivered_at !== null)
    throw new AppError('token.grant_invalid');
  return { ...row, approval_id: row.approval_id };
}

/** The approval that was given, or why there is none; that it was polled is kept either way. */
async function judge(context: Context, tx: Transaction, ask: AskRow): Promise<StoredApproval | AppError> {
  const now = context.platform.now();
  const isEarly = ask.polled_at !== null && now - ask.polled_at < ask.interval_seconds * 1000;
  const slower = Math.min(ask.interval_seconds + slowerBySeconds, slowestSeconds);
  await tx.sql
    .updateTable('backchannel_asks')
    .set({
      polled_at: now,
      polls: ask.polls + 1,
      ...(isEarly ? { early_polls: ask.early_polls + 1, interval_seconds: slower } : {}),
    })
    .where('id', '=', ask.id)
    .execute();
  const approval = await loadApproval(tx, ask.approval_id);
  const isOver = now >= ask.expires_at || now >= approval.expiresAt;
  if (approval.state === 'denied' || approval.state === 'cancelled') return refuseAnswer(approval);
  if (isOver || approval.state === 'expired') return new AppError('token.ask_expired');
  if (isEarly) return new AppError('token.slow_down');
  if (approval.state === 'requested') return new AppError('token.authorization_pending');
  return approval.state === 'approved' ? approval : new AppError('token.grant_invalid');
}

/** A person's reason reaches the agent; why the house ended it is not the agent's business. */
function refuseAnswer({ state, reason }: StoredApproval): AppError {
  return new AppError('token.ask_denied', state === 'denied' && reason !== null ? { detail: reason } : {});
}
