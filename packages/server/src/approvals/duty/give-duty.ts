import { AppError } from '@countersign/api';
import type { Context } from '../../context.ts';
import {
  type Actor,
  askForSignature,
  assertionInput,
  countSignature,
  requireOwnPasskey,
  requirePermission,
  verifySignature,
} from '../../people/index.ts';
import { sha256 } from '../../platform/sha256.ts';
import { type DutyRow, loadDuty, signingMilliseconds } from './duty.ts';
import { requireAble } from './propose-duty.ts';

type Giving = Pick<Context, 'approvals' | 'config' | 'platform' | 'store'>;

/** What the browser needs so that the giver's passkey signs exactly this. */
export async function beginGiveDuty(context: Giving, actor: Actor, id: string) {
  const row = await loadDuty(context.store.sql, id);
  const giver = requireGiver(actor, row, context.platform.now());
  return askForSignature(context, giver.person, row.digest);
}

/**
 * The giver's signature, from which on the holder's votes count as the giver's. Throws `approval.duty_refused`,
 * `approval.duty_not_found`, `person.passkey_refused`.
 */
export async function giveDuty(context: Giving, actor: Actor, id: string, input: unknown): Promise<DutyRow> {
  const assertion = assertionInput.parse(input);
  const shown = await loadDuty(context.store.sql, id);
  const giver = requireGiver(actor, shown, context.platform.now());
  if (sha256(shown.signed_text) !== shown.digest) throw new AppError('approval.digest_mismatch');
  const passkey = await requireOwnPasskey(context.store.sql, giver.person, assertion);
  const { publicUrl } = context.config.server;
  const signature = await verifySignature(passkey, assertion, shown.digest, publicUrl);
  return context.store.transaction(async (tx) => {
    const at = context.platform.now();
    const row = await loadDuty(tx.sql, id);
    requireGiver(actor, row, at);
    await requireAble(tx.sql, row.giver_id, row.holder_id);
    await countSignature(tx, signature, at);
    const record = context.platform.newId('rec');
    const given = await tx.sql
      .updateTable('approval_duties')
      .set({ given_at: at, record, evidence: JSON.stringify(signature.evidence) })
      .where('id', '=', id)
      // Two signatures at the same time: only one counts.
      .where('given_at', 'is', null)
      .where('ended_at', 'is', null)
      .executeTakeFirst();
    if (given.numUpdatedRows !== 1n) throw new AppError('approval.duty_refused');
    tx.record({
      id: record,
      kind: 'approval.duty_given',
      at,
      causes: [],
      person: row.giver_id,
      body: {
        ...{ duty: id, holder: row.holder_id, from: row.from_at, until: row.until_at, digest: row.digest },
        names: row.names === null ? null : JSON.parse(row.names),
        credentialId: signature.row.credential_id,
      },
    });
    return loadDuty(tx.sql, id);
  });
}

/** Why it cannot be signed; undefined while it can. */
export function findObstacle(row: DutyRow, at: number): string | undefined {
  if (row.given_at !== null) return 'it was signed before';
  if (row.ended_at !== null || row.until_at <= at) return 'it is over';
  return row.proposed_at + signingMilliseconds <= at ? 'it expired' : undefined;
}

function requireGiver(actor: Actor, row: DutyRow, at: number): Actor & { kind: 'person' } {
  requirePermission(actor, 'approvals.decide');
  if (actor.kind !== 'person' || actor.person !== row.giver_id) throw new AppError('approval.not_eligible');
  const detail = findObstacle(row, at);
  if (detail !== undefined) throw new AppError('approval.duty_refused', { detail });
  return actor;
}
