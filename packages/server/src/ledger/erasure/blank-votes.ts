import { sql } from 'kysely';
import type { Transaction } from '../../plugins/database/database.ts';

/**
 * Who voted how stays, and what their passkey signed: a digest over a text that is gone. With the person, the passkey goes.
 * What they wrote goes, also the reason of an emergency, which stands in the text that was signed for it.
 */
export async function blankVotes(
  tx: Transaction,
  by: 'approval_id' | 'person_id',
  ids: readonly string[],
): Promise<void> {
  const rows = await tx.sql
    .selectFrom('approval_votes')
    .select(['approval_id', 'person_id', 'evidence'])
    .where(by, 'in', ids)
    .execute();
  for (const { approval_id, person_id, evidence } of rows) {
    const isPerson = by === 'person_id';
    await sql`UPDATE approval_votes SET reason = NULL, reading = NULL, evidence = ${blankEvidence(evidence, isPerson)},
      credential_id = CASE WHEN ${isPerson ? 1 : 0} = 1 THEN NULL ELSE credential_id END
      WHERE approval_id = ${approval_id} AND person_id = ${person_id}`.execute(tx.sql);
  }
}

function blankEvidence(text: string, withPasskey: boolean): string {
  const { record, decided = null, digest, forPersonIds, passkey = null, brokeGlass } = JSON.parse(text);
  return JSON.stringify({
    ...{ record, decided, digest, forPersonIds, passkey: withPasskey ? null : passkey },
    ...(brokeGlass === undefined ? {} : { brokeGlass: { signedText: '{}' } }),
  });
}
