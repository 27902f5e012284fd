import { AppError } from '@countersign/api';
import type { Context } from '../../context.ts';
import { type Transaction, UniqueViolation } from '../../plugins/database/database.ts';
import { noteSecurityEvent } from '../../signals/index.ts';
import type { NewPasskey } from './verify-registration.ts';

export interface KeptPasskey {
  readonly personId: string;
  readonly passkey: NewPasskey;
  readonly label: string;
  /** Epoch milliseconds from which it counts; null until an administrator confirms it. */
  readonly countsFrom: number | null;
  /** On whose word. */
  readonly by: string;
  readonly causes?: readonly string[];
}

const mostPasskeys = 20;

/** Makes a verified registration a passkey of the person. Returns its record. Throws `person.exists` and `person.too_many_passkeys`. */
export async function keepPasskey(
  context: Pick<Context, 'platform'>,
  tx: Transaction,
  { personId, passkey, label, countsFrom, by, causes = [] }: KeptPasskey,
): Promise<string> {
  const at = context.platform.now();
  const { held } = await tx.sql
    .selectFrom('passkeys')
    .select(({ fn }) => fn.countAll<number>().as('held'))
    .where('person_id', '=', personId)
    .executeTakeFirstOrThrow();
  if (Number(held) >= mostPasskeys) throw new AppError('person.too_many_passkeys');
  try {
    await tx.sql
      .insertInto('passkeys')
      .values({
        credential_id: passkey.id,
        person_id: personId,
        public_key: passkey.publicKey,
        counter: passkey.counter,
        transports: JSON.stringify(passkey.transports),
        label,
        created_at: at,
        last_used_at: null,
        counts_from: countsFrom,
      })
      .execute();
  } catch (thrown) {
    throw thrown instanceof UniqueViolation ? new AppError('person.exists') : thrown;
  }
  const record = context.platform.newId('rec');
  tx.record({
    id: record,
    kind: 'person.passkey_added',
    at,
    causes: [...causes],
    person: personId,
    body: { credentialId: passkey.id, by, countsFrom },
  });
  await noteCredentialChange(context, tx, { personId, passkey, change: 'create', record });
  return record;
}

interface CredentialChange {
  readonly personId: string;
  readonly passkey: Pick<NewPasskey, 'transports'>;
  readonly change: 'create' | 'delete' | 'update';
  readonly record: string;
}

/** CAEP 1.0, section 3.3. */
export async function noteCredentialChange(
  context: Pick<Context, 'platform'>,
  tx: Transaction,
  { personId, passkey, change, record }: CredentialChange,
): Promise<void> {
  const type = passkey.transports.includes('internal') ? 'fido2-platform' : 'fido2-roaming';
  await noteSecurityEvent(context, tx, {
    kind: 'credential-change',
    about: { person: personId },
    reason: `passkey ${change}d`,
    facts: { credential_type: type, change_type: change },
    record,
  });
}
