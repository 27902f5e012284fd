import { isNamedApprover, isQuiet } from '@countersign/core';
import type { Context } from '../../context.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { loadApproval } from '../load-approval.ts';
import { noteNews } from '../notices/note-news.ts';
import { readApprovals } from '../read-approval.ts';
import { isApprover, loadRoster, type PersonRow, type Roster } from '../routing/load-roster.ts';
import { chooseSource } from './choose-source.ts';
import { copyRequest } from './copy-request.ts';

type Sending = Pick<Context, 'approvals' | 'config' | 'platform' | 'store'>;

const hourMilliseconds = 3_600_000;
/** With more open at once nobody is checked. */
const mostOpen = 500;

/**
 * Shows this person a refused request once more, as if it were real, in a transaction that makes all of it durable. False, and
 * nothing changes, while they are quiet, have something to decide or little attention left, or when nothing suits.
 */
export async function sendCheck(context: Sending, tx: Transaction, personId: string): Promise<boolean> {
  const at = context.platform.now();
  const person = await findApprover(tx, personId, at);
  if (person === undefined) return false;
  const roster = await loadRoster(tx.sql, [personId]);
  const quiet = roster.quietHours(personId);
  if (quiet !== undefined && isQuiet(quiet, at)) return false;
  if (!(await hasAttention(context, tx, personId, at))) return false;
  if (await isBusy(tx, person, roster, at)) return false;
  const source = await chooseSource(context, tx, person, roster);
  if (source === undefined) return false;
  const drill = context.platform.newId('chk');
  const record = context.platform.newId('rec');
  const row = copyRequest(context, source, { drill, check_person_id: personId, requested_record: record });
  await tx.sql.insertInto('approvals').values(row).execute();
  await tx.sql.insertInto('approval_asks').values({ approval_id: row.id, person_id: personId, at }).execute();
  tx.record({
    ...{ id: record, kind: 'approval.check_sent', at, causes: source.recordIds.slice(-1) },
    ...{ person: personId, approval: row.id, drill },
    body: { of: source.id, expiresAt: row.expires_at },
  });
  const check = await loadApproval(tx, row.id);
  await noteNews(context, tx, check, 'asked');
  tx.afterCommit(() => context.approvals.put(check));
  return true;
}

/** Somebody who could be asked in earnest: active, an approver, with a passkey that counts. */
async function findApprover(tx: Transaction, personId: string, at: number): Promise<PersonRow | undefined> {
  const row = await tx.sql
    .selectFrom('people')
    .selectAll()
    .where('id', '=', personId)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('passkeys')
          .select('label')
          .whereRef('passkeys.person_id', '=', 'people.id')
          .where('counts_from', '<=', at),
      ),
    )
    .executeTakeFirst();
  return row !== undefined && isApprover(row) ? row : undefined;
}

/** What is real always finds room for one more. */
async function hasAttention(
  { config }: Sending,
  tx: Transaction,
  personId: string,
  at: number,
): Promise<boolean> {
  const asked = await tx.sql
    .selectFrom('approval_asks')
    .select((row) => row.fn.countAll<number>().as('count'))
    .where('person_id', '=', personId)
    .where('at', '>', at - hourMilliseconds)
    .executeTakeFirstOrThrow();
  return Number(asked.count) + 1 < config.approvals.asksPerHour;
}

/** Whether anything waits for the person, another check among it. */
async function isBusy(tx: Transaction, person: PersonRow, roster: Roster, at: number): Promise<boolean> {
  const rows = await tx.sql
    .selectFrom('approvals')
    .selectAll()
    .where('state', '=', 'requested')
    .where('expires_at', '>', at)
    .where((where) =>
      where.or([where('check_person_id', 'is', null), where('check_person_id', '=', person.id)]),
    )
    .limit(mostOpen)
    .execute();
  if (rows.length === mostOpen) return true;
  return (await readApprovals(tx.sql, rows)).some((approval) => {
    if (approval.askedPersonId === person.id || approval.checkPersonId === person.id) return true;
    const { ownerId, presented, requirement, given } = approval;
    if (given.some(({ personId }) => personId === person.id)) return false;
    const voter = roster.read(person, { ownerId, requesterId: presented.requesterId }, at);
    // Whoever is asked only later, by an escalation, counts as well.
    return isNamedApprover(requirement, voter, Number.MAX_SAFE_INTEGER);
  });
}
