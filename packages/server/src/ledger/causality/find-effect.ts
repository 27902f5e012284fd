import { AppError, type RecordKind } from '@countersign/api';
import type { Context } from '../../context.ts';
import { findRecord } from '../find-record.ts';
import type { StoredRecord } from '../ledger-record.ts';
import { findRecords } from '../search-ledger.ts';

type Direction = 'back' | 'on';

const recordsOfAction = 100;
/** How an action ended says the most of it; on the way on, all begins with what was asked. */
const endOfAction: readonly RecordKind[] = [
  'action.outcome',
  'action.refused',
  'action.reported',
  'action.release',
  'action.decision',
  'action.intent',
];
const beginningOf: Readonly<Record<string, RecordKind>> = {
  agt: 'agent.registered',
  apr: 'approval.requested',
  dlg: 'delegation.created',
  tsk: 'task.opened',
};
/** No id is so long. */
const callDigest = /^[0-9A-Za-z_-]{43}$/;

/**
 * The record that an id stands for: a record's own, or that of an action, an approval, a task, a delegation or an agent, or
 * the digest of a call that a person was asked about. Throws `ledger.record_not_found`.
 */
export async function findEffect(
  context: Pick<Context, 'store'>,
  id: string,
  direction: Direction,
): Promise<StoredRecord> {
  const found = await findNamed(context, id, direction);
  if (found === undefined) throw new AppError('ledger.record_not_found');
  return found;
}

async function findNamed(
  context: Pick<Context, 'store'>,
  id: string,
  direction: Direction,
): Promise<StoredRecord | undefined> {
  if (callDigest.test(id)) {
    const action = await findActionOf(context, id);
    return action === undefined ? undefined : findAction(context, action, direction);
  }
  if (id.startsWith('rec_')) return findRecord(context.store, id);
  return id.startsWith('act_') ? findAction(context, id, direction) : findByNoun(context, id, direction);
}

async function findAction(context: Pick<Context, 'store'>, action: string, direction: Direction) {
  const { items } = await findRecords(context, { action, limit: recordsOfAction });
  const kinds = direction === 'back' ? endOfAction : endOfAction.toReversed();
  for (const kind of kinds) {
    const found = items.find((record) => record.kind === kind);
    if (found !== undefined) return found;
  }
  return items[0];
}

/** An approval ends in an answer; what it began with is what it leads on from. Of all else the beginning counts. */
async function findByNoun(context: Pick<Context, 'store'>, id: string, direction: Direction) {
  const kind = beginningOf[id.slice(0, 3)];
  const isAnswer = id.startsWith('apr_') && direction === 'back';
  const search = kind === undefined || isAnswer ? { id, limit: 20 } : { id, kind, limit: 20 };
  const { items } = await findRecords(context, search);
  if (isAnswer) return items.find((record) => record.kind.startsWith('approval.')) ?? items[0];
  // A delegation is named by those made from it, and a task by its children: its own came first.
  return kind === undefined ? items[0] : items.at(-1);
}

async function findActionOf({ store }: Pick<Context, 'store'>, digest: string): Promise<string | undefined> {
  const row = await store.sql
    .selectFrom('approvals')
    .select('action_id')
    .where('call_digest', '=', digest)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.action_id;
}
