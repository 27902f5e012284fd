import { type RawBuilder, sql } from 'kysely';
import type { Context } from '../../context.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { blankArguments, blankJson, erasedText } from './blank-json.ts';
import { blankAsk, blankPerson, tablesOfPeople } from './blank-person.ts';
import { blankVotes } from './blank-votes.ts';
import type { ErasureWork } from './erasure-work.ts';

/** Where what a record says is kept a second time, as docs/privacy.md lists it. */
export const tablesWithCopies: readonly string[] = [
  ...['ledger_payloads', 'ledger_terms', 'ledger_term_pages', 'ledger_value_pages', 'ledger_erasures'],
  ...['tasks', 'task_grants', 'task_declassifications', 'ledger_waiting_copies'],
  ...['approvals', 'approval_votes', 'approval_regrets', 'approval_glass', 'approval_receipts'],
  ...[
    'access_requests',
    'backchannel_asks',
    'channel_news',
    'channel_cards',
    'inbox_cards',
    'security_events',
    'consent_evidence',
    'peer_tasks',
    'organisation_tasks',
  ],
  ...tablesOfPeople,
];

const idsAtOnce = 100;

/** Blanks them all; the same again when asked twice. */
export async function blankCopies(store: Context['store'], work: ErasureWork): Promise<void> {
  await inParts(store, work.prompts, blankPrompts);
  await inParts(store, work.tasks, blankTasks);
  await inParts(store, work.contents, blankContents);
  await inParts(store, work.approvals, blankApprovals);
  await inParts(store, work.records, blankEvents);
  const { person } = work;
  if (person !== null) await store.transaction((tx) => blankPerson(tx, person));
}

async function inParts(
  store: Context['store'],
  ids: readonly string[],
  blankSome: (tx: Transaction, ids: readonly string[]) => Promise<void>,
): Promise<void> {
  for (let from = 0; from < ids.length; from += idsAtOnce)
    await store.transaction((tx) => blankSome(tx, ids.slice(from, from + idsAtOnce)));
}

async function blankPrompts(tx: Transaction, ids: readonly string[]): Promise<void> {
  const among = listIds(ids);
  await runAll(tx, [
    sql`UPDATE tasks SET prompt = NULL WHERE id IN ${among}`,
    sql`DELETE FROM task_grants WHERE task_id IN ${among}`,
  ]);
}

/** What a task has read and was refused stays: it says nothing of it, and others may be held to it. */
async function blankTasks(tx: Transaction, ids: readonly string[]): Promise<void> {
  await blankPrompts(tx, ids);
  const among = listIds(ids);
  await runAll(tx, [
    sql`UPDATE tasks SET purpose = ${erasedText} WHERE id IN ${among}`,
    sql`UPDATE task_declassifications SET reason = '', signed_text = '{}', digest = '', evidence = NULL WHERE task_id IN ${among}`,
    sql`UPDATE backchannel_asks SET ${blankAsk} WHERE task_id IN ${among}`,
    sql`UPDATE peer_tasks SET arguments_digest = NULL WHERE task_id IN ${among}`,
    sql`UPDATE organisation_tasks SET hops = '[]' WHERE task_id IN ${among}`,
  ]);
}

/** What was asked and shown; the text that people signed keeps its shape, without the arguments. */
async function blankContents(tx: Transaction, ids: readonly string[]): Promise<void> {
  await blankSigned(tx, ids, blankArguments);
  await blankShown(tx, ids);
}

/** The rows stay, because votes, receipts' places in status lists and statistics hang on them. */
async function blankApprovals(tx: Transaction, ids: readonly string[]): Promise<void> {
  await blankSigned(tx, ids, blankJson);
  await blankShown(tx, ids);
  const among = listIds(ids);
  await runAll(tx, [
    sql`UPDATE approvals SET reason = NULL, grant_basis = NULL WHERE id IN ${among}`,
    sql`UPDATE approval_regrets SET reason = '' WHERE approval_id IN ${among}`,
    sql`UPDATE approval_glass SET reason = '', signed_text = '{}', note = NULL, review_text = NULL WHERE approval_id IN ${among}`,
    sql`UPDATE approval_receipts SET credential = '' WHERE approval_id IN ${among}`,
  ]);
  await blankVotes(tx, 'approval_id', ids);
}

async function blankSigned(
  tx: Transaction,
  ids: readonly string[],
  blankText: (text: string) => string,
): Promise<void> {
  const rows = await tx.sql
    .selectFrom('approvals')
    .select(['id', 'signed_action', 'presented'])
    .where('id', 'in', ids)
    .execute();
  for (const { id, signed_action, presented } of rows) {
    const blanked = { signed_action: blankText(signed_action), presented: blankJson(presented) };
    await tx.sql.updateTable('approvals').set(blanked).where('id', '=', id).execute();
  }
}

/**
 * Digests over what was said, and nothing drawn by lot, go too: whoever knows all else of a call could try arguments against
 * them. `action_digest` stays, because votes and receipts are bound to it: it is drawn over 128 bits that are gone with the text.
 */
async function blankShown(tx: Transaction, ids: readonly string[]): Promise<void> {
  const among = listIds(ids);
  await runAll(tx, [
    sql`UPDATE approvals SET call_digest = '' WHERE id IN ${among}`,
    sql`UPDATE access_requests SET question = '{}', binding_hash = '', body_digest = '', idempotency_key = NULL
      WHERE approval_id IN ${among}`,
    sql`UPDATE backchannel_asks SET ${blankAsk} WHERE approval_id IN ${among}`,
    sql`UPDATE peer_tasks SET arguments_digest = NULL WHERE approval_id IN ${among}`,
    sql`DELETE FROM inbox_cards WHERE card_id IN (SELECT id FROM channel_cards WHERE card_key IN ${among})`,
    sql`UPDATE channel_cards SET content = NULL, failure = NULL,
      sent_digest = CASE WHEN sent_digest IS NULL THEN NULL ELSE '' END WHERE card_key IN ${among}`,
    sql`DELETE FROM channel_news WHERE approval_id IN ${among}`,
  ]);
}

async function blankEvents(tx: Transaction, ids: readonly string[]): Promise<void> {
  await runAll(tx, [
    sql`UPDATE security_events SET facts = '{}', reason = '' WHERE distributed_at IS NOT NULL AND record IN ${listIds(ids)}`,
    sql`DELETE FROM consent_evidence WHERE record IN ${listIds(ids)}`,
  ]);
}

function listIds(ids: readonly string[]): RawBuilder<unknown> {
  return sql`(${sql.join(ids)})`;
}

async function runAll(tx: Transaction, statements: readonly RawBuilder<unknown>[]): Promise<void> {
  for (const statement of statements) await statement.execute(tx.sql);
}
