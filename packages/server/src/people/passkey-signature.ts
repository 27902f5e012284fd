import { AppError } from '@countersign/api';
import { type PasskeyProof, verifyPasskeyProof } from '@countersign/ledger';
import type { Kysely } from 'kysely';
import type { Transaction } from '../plugins/database/database.ts';
import type { Schema } from '../plugins/database/schema.ts';
import { readRelyingParty } from './relying-party.ts';
import { type Assertion, type PasskeyRow, passkeyCounts, verifyPasskey } from './verify-passkey.ts';

export type PasskeyEvidence = PasskeyProof;

/** What a person signed with a passkey, verified. */
export interface PasskeySignature {
  readonly row: PasskeyRow;
  /** To keep, so that the next signature must count further. */
  readonly counter: number;
  readonly evidence: PasskeyEvidence;
}

/** The passkey of this very person that made the assertion. Throws `person.passkey_refused`. */
export async function requireOwnPasskey(
  sql: Kysely<Schema>,
  personId: string,
  assertion: Assertion,
): Promise<PasskeyRow> {
  const row = await sql
    .selectFrom('passkeys')
    .selectAll()
    .where('credential_id', '=', assertion.id)
    .where('person_id', '=', personId)
    .executeTakeFirst();
  if (row === undefined) throw new AppError('person.passkey_refused', { cause: 'not their passkey' });
  return row;
}

/** Verifies that the passkey signed exactly this digest (base64url), and keeps what shows it to anyone. Throws `person.passkey_refused`. */
export async function verifySignature(
  row: PasskeyRow,
  assertion: Assertion,
  digest: string,
  publicUrl: string,
): Promise<PasskeySignature> {
  const counter = await verifyPasskey(row, assertion, digest, publicUrl);
  const { id, origin } = readRelyingParty(publicUrl);
  const evidence: PasskeyEvidence = {
    credentialId: row.credential_id,
    publicKey: Buffer.from(row.public_key).toString('base64url'),
    authenticatorData: assertion.response.authenticatorData,
    clientDataJson: assertion.response.clientDataJSON,
    signature: assertion.response.signature,
    rpId: id,
    origin,
  };
  // A DER signature can be written in ways that one verifier reads and another refuses: only what an auditor can verify counts.
  if (!verifyPasskeyProof(evidence, digest)) {
    throw new AppError('person.passkey_refused', { cause: 'no evidence to anybody else' });
  }
  return { row, counter, evidence };
}

/**
 * Uses the signature up, in the transaction that acts on it. Throws `person.passkey_refused` when another was faster, and
 * `person.passkey_unconfirmed` when the passkey does not count yet or no more.
 */
export async function countSignature(
  tx: Transaction,
  { row, counter }: PasskeySignature,
  at: number,
): Promise<void> {
  const now = await tx.sql
    .selectFrom('passkeys')
    .select('counts_from')
    .where('credential_id', '=', row.credential_id)
    .executeTakeFirst();
  if (now === undefined) throw new AppError('person.passkey_refused', { cause: 'removed meanwhile' });
  if (!passkeyCounts(now, at)) throw new AppError('person.passkey_unconfirmed');
  const counted = await tx.sql
    .updateTable('passkeys')
    .set({ counter, last_used_at: at })
    .where('credential_id', '=', row.credential_id)
    // Two answers verified against the same counter: only one of them is new.
    .where('counter', '=', row.counter)
    .executeTakeFirst();
  if (counted.numUpdatedRows !== 1n) throw new AppError('person.passkey_refused');
}
