import { AppError } from '@countersign/api';
import type { Context } from '../../context.ts';
import {
  type Actor,
  type Assertion,
  askForSignature,
  countSignature,
  type PasskeyEvidence,
  type PasskeySignature,
  requireOwnPasskey,
  requirePermissionToSign,
  verifySignature,
} from '../../people/index.ts';
import { sha256 } from '../../platform/sha256.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { type Erased, eraseRecords } from './erase-records.ts';
import {
  describeRequest,
  type ErasureRequest,
  type ErasureRow,
  loadErasure,
  requireAsker,
  requireOpenErasure,
} from './erasure-request.ts';

type Signing = Pick<Context, 'store' | 'platform' | 'config'> & Partial<Pick<Context, 'sinks'>>;
type PersonActor = Actor & { readonly kind: 'person' };

export interface SignedRequest {
  readonly request: ErasureRequest;
  /** What was erased, with the second signature. */
  readonly erased: Erased | null;
}

/** What the browser needs so that the person's passkey signs exactly this erasure. Throws as `signErasure` does. */
export async function beginSignErasure(context: Signing, actor: Actor, id: string) {
  const row = await loadErasure(context.store.sql, id);
  const { person } = requireSigner(context, actor, row);
  return askForSignature(context, person, row.digest);
}

/**
 * Whoever asked for an erasure signs it first, then anybody else who may; with the second signature it is carried out.
 * Throws `ledger.erasure_not_open`, `ledger.erasure_needs_two`, `person.passkey_refused`, and as `eraseRecords` does.
 */
export async function signErasure(
  context: Signing,
  actor: Actor,
  id: string,
  assertion: Assertion,
): Promise<SignedRequest> {
  const { store, config } = context;
  const row = await loadErasure(store.sql, id);
  const signer = requireSigner(context, actor, row);
  const passkey = await requireOwnPasskey(store.sql, signer.person, assertion);
  const signature = await verifySignature(passkey, assertion, row.digest, config.server.publicUrl);
  const erased =
    signer.person === row.asked_by
      ? await keepFirst(context, row, signer, signature)
      : await carryOut(context, row, signer, signature);
  return { request: describeRequest(context, await loadErasure(store.sql, id)), erased };
}

function requireSigner(context: Signing, actor: Actor, row: ErasureRow): PersonActor {
  requirePermissionToSign(actor, 'ledger.sign_erasure');
  if (actor.kind !== 'person') throw new AppError('person.forbidden', { detail: 'a person signs it' });
  requireOpenErasure(row, context.platform.now());
  // The text is what was shown; a digest that no longer fits it proves nothing.
  if (sha256(row.signed_text) !== row.digest) throw new AppError('ledger.erasure_not_open');
  if (actor.person === row.asked_by) {
    requirePermissionToSign(actor, 'ledger.erase');
    if (row.evidence !== null)
      throw new AppError('ledger.erasure_needs_two', { detail: 'you have signed it; somebody else has to' });
  } else if (row.evidence === null) {
    throw new AppError('ledger.erasure_not_open', { detail: 'who asked for it signs it first' });
  }
  return actor;
}

async function keepFirst(
  { store, platform }: Signing,
  { id, digest, asked_record }: ErasureRow,
  { person, session }: PersonActor,
  signature: PasskeySignature,
): Promise<null> {
  const at = platform.now();
  const evidence = JSON.stringify(signature.evidence);
  return store.transaction(async (tx) => {
    const row = await loadErasure(tx.sql, id);
    requireOpenErasure(row, at);
    await requireAsker(tx, row);
    await countSignature(tx, signature, at);
    await tx.sql.updateTable('ledger_erasure_requests').set({ evidence }).where('id', '=', id).execute();
    const body = {
      ...{ by: person, request: id, digest, session, credentialId: signature.row.credential_id },
      evidenceDigest: sha256(evidence),
    };
    const kind = 'ledger.erasure_signed';
    tx.record({ id: platform.newId('rec'), kind, at, causes: [asked_record], body });
    return null;
  });
}

async function carryOut(
  context: Signing,
  row: ErasureRow,
  { person }: PersonActor,
  signature: PasskeySignature,
): Promise<Erased> {
  if (row.evidence === null) throw new AppError('ledger.erasure_not_open');
  const first: PasskeyEvidence = JSON.parse(row.evidence);
  return eraseRecords(context, {
    ...{ id: row.selection, digest: row.plan_digest, reason: row.reason, signed: row.signed_text },
    signatures: [
      { by: row.asked_by, evidence: first },
      { by: person, evidence: signature.evidence },
    ],
    causes: [row.asked_record],
    claim: (tx) => claimErasure(context, tx, row.id, signature),
  });
}

/** Once, whoever else signs at the same moment. */
async function claimErasure(
  { platform }: Signing,
  tx: Transaction,
  id: string,
  signature: PasskeySignature,
): Promise<void> {
  const at = platform.now();
  const row = await loadErasure(tx.sql, id);
  requireOpenErasure(row, at);
  await requireAsker(tx, row);
  await countSignature(tx, signature, at);
  const ended = await tx.sql
    .updateTable('ledger_erasure_requests')
    .set({ ended_at: at, outcome: 'erased' })
    .where('id', '=', id)
    .where('outcome', 'is', null)
    .executeTakeFirst();
  if (ended.numUpdatedRows !== 1n) throw new AppError('ledger.erasure_not_open');
}
