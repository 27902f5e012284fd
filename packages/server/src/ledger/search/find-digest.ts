import type { Clue } from '@countersign/core';
import type { Kysely } from 'kysely';
import { positionOf } from '../../plugins/database/ledger-streams.ts';
import type { Schema } from '../../plugins/database/schema.ts';

/**
 * What a digest is of: a call, a version of the policies, an exact action that a person was asked about, a key of an
 * agent, a session, the root of a checkpoint (then the newest record that it covers). Written in hexadecimal or either base64.
 */
export async function findDigest(sql: Kysely<Schema>, written: string): Promise<readonly Clue[]> {
  const bytes = Buffer.from(written, /^[0-9a-f]{64}$/.test(written) ? 'hex' : 'base64');
  const digest = bytes.toString('base64url');
  const [approvals, keys, checkpoint] = await Promise.all([
    sql.selectFrom('approvals').select('id').where('action_digest', '=', digest).limit(5).execute(),
    sql.selectFrom('agent_keys').select('agent_id').where('thumbprint', '=', digest).limit(1).execute(),
    sql
      .selectFrom('ledger_checkpoints')
      .select('size')
      .where('root', '=', new Uint8Array(bytes))
      .executeTakeFirst(),
  ]);
  const clues: Clue[] = [
    { by: 'hash', value: digest },
    { by: 'session', value: digest },
  ];
  for (const { id } of approvals) clues.push({ by: 'id', value: id });
  for (const { agent_id } of keys) clues.push({ by: 'id', value: agent_id });
  if (checkpoint !== undefined && positionOf(checkpoint.size) > 0)
    clues.push({ by: 'seq', seq: checkpoint.size - 1 });
  return clues;
}
