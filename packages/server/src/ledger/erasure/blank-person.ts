import { type RawBuilder, sql } from 'kysely';
import type { Transaction } from '../../plugins/database/database.ts';
import { erasedText } from './blank-json.ts';
import { blankVotes } from './blank-votes.ts';

export const tablesOfPeople: readonly string[] = [
  ...[
    'people',
    'person_invites',
    'passkeys',
    'sessions',
    'person_identities',
    'recoveries',
    'person_channels',
  ],
  ...['push_subscriptions', 'quiet_hours', 'scim_users', 'signal_subjects', 'signals_received'],
  ...['consent_requests', 'agent_handovers', 'person_risks', 'ledger_queries', 'approval_duties'],
];

export const blankAsk: RawBuilder<unknown> = sql.raw(
  "details = '[]', ask_digest = '', call_digest = NULL, sealed_secret = NULL, sealed_notification = NULL",
);

/**
 * The id stays, and stands for nobody: no name, address, passkey, account at a directory or device is left. Whoever left
 * has no open session and owns no agents any more.
 */
export async function blankPerson(tx: Transaction, id: string): Promise<void> {
  const statements: readonly RawBuilder<unknown>[] = [
    sql`UPDATE people SET display_name = ${erasedText}, email = NULL, roles = '[]', directory_groups = '{}', state = 'suspended' WHERE id = ${id}`,
    sql`DELETE FROM person_invites WHERE person_id = ${id}`,
    sql`DELETE FROM passkeys WHERE person_id = ${id}`,
    sql`DELETE FROM sessions WHERE person_id = ${id}`,
    sql`DELETE FROM person_identities WHERE person_id = ${id}`,
    sql`UPDATE recoveries SET reason = '' WHERE person_id = ${id}`,
    sql`DELETE FROM person_channels WHERE person_id = ${id}`,
    sql`DELETE FROM push_subscriptions WHERE person_id = ${id}`,
    sql`DELETE FROM quiet_hours WHERE person_id = ${id}`,
    sql`DELETE FROM inbox_cards WHERE person_id = ${id}`,
    sql`DELETE FROM channel_news WHERE person_id = ${id}`,
    sql`UPDATE channel_cards SET content = NULL, failure = NULL, handle = NULL,
      sent_digest = CASE WHEN sent_digest IS NULL THEN NULL ELSE '' END WHERE person_id = ${id}`,
    sql`UPDATE scim_users SET user_name = ${id}, user_name_key = ${id}, external_id = NULL, attributes = '{}' WHERE person_id = ${id}`,
    sql`DELETE FROM signal_subjects WHERE subject_id = ${id}`,
    sql`UPDATE signals_received SET facts = '{}' WHERE due_at IS NULL AND subject_id = ${id}`,
    sql`UPDATE security_events SET facts = '{}', reason = '' WHERE distributed_at IS NOT NULL AND person_id = ${id}`,
    sql`UPDATE person_risks SET reason = '' WHERE person_id = ${id}`,
    sql`DELETE FROM consent_requests WHERE person_id = ${id}`,
    sql`DELETE FROM consent_evidence WHERE delegation_id IN (SELECT id FROM delegations WHERE from_person_id = ${id})`,
    sql`DELETE FROM ledger_queries WHERE owner = ${id}`,
    sql`UPDATE backchannel_asks SET ${blankAsk} WHERE person_id = ${id}`,
    sql`UPDATE approval_glass SET review_evidence = NULL, note = NULL WHERE reviewed_by = ${id}`,
    sql`UPDATE approval_regrets SET reason = '' WHERE person_id = ${id}`,
    sql`UPDATE approval_duties SET end_reason = NULL, evidence = NULL, signed_text = '{}', digest = ''
      WHERE ended_at IS NOT NULL AND (giver_id = ${id} OR holder_id = ${id})`,
    sql`UPDATE agent_handovers SET reason = NULL, content = '{}', digest = '', choice = NULL, evidence = NULL
      WHERE state <> 'proposed' AND (from_person_id = ${id} OR to_person_id = ${id})`,
  ];
  for (const statement of statements) await statement.execute(tx.sql);
  await blankVotes(tx, 'person_id', [id]);
}
