import { type RawBuilder, sql } from 'kysely';
import type { Transaction } from '../../plugins/database/database.ts';
import { erasedText } from './blank-json.ts';

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
  ...['consent_requests', 'agent_handovers', 'person_risks'],
];

/**
 * The id stays, and stands for nobody: no name, address, passkey, account at a directory or device is left. Whoever left
 * has no open session and owns no agents any more.
 */
export async function blankPerson(tx: Transaction, id: string): Promise<void> {
  const statements: readonly RawBuilder<unknown>[] = [
    sql`UPDATE people SET display_name = ${erasedText}, email = NULL, roles = '[]', directory_groups = '{}' WHERE id = ${id}`,
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
    sql`UPDATE channel_cards SET content = NULL WHERE person_id = ${id}`,
    sql`UPDATE scim_users SET user_name = ${id}, user_name_key = ${id}, external_id = NULL, attributes = '{}' WHERE person_id = ${id}`,
    sql`DELETE FROM signal_subjects WHERE subject_id = ${id}`,
    sql`UPDATE signals_received SET facts = '{}' WHERE due_at IS NULL AND subject_id = ${id}`,
    sql`UPDATE security_events SET facts = '{}', reason = '' WHERE distributed_at IS NOT NULL AND person_id = ${id}`,
    sql`UPDATE person_risks SET reason = '' WHERE person_id = ${id}`,
    sql`DELETE FROM consent_requests WHERE person_id = ${id}`,
    sql`UPDATE agent_handovers SET reason = NULL, content = '{}', choice = NULL, evidence = NULL
      WHERE state <> 'proposed' AND (from_person_id = ${id} OR to_person_id = ${id})`,
  ];
  for (const statement of statements) await statement.execute(tx.sql);
}
