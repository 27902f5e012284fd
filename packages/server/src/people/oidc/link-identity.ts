import { AppError } from '@countersign/api';
import type { Context } from '../../context.ts';
import { sha256 } from '../../platform/sha256.ts';
import { type Transaction, UniqueViolation } from '../../plugins/database/database.ts';
import type { Claims } from './read-claims.ts';

export interface Linking {
  readonly personId: string;
  readonly issuer: string;
  readonly claims: Claims;
  /** What made it theirs. */
  readonly how: 'invitation' | 'passkey' | 'anyone';
}

/** Makes an account at the issuer a way in for the person. Throws `person.exists` when it is one for somebody. */
export async function linkIdentity(
  context: Pick<Context, 'platform'>,
  tx: Transaction,
  { personId, issuer, claims, how }: Linking,
): Promise<void> {
  const at = context.platform.now();
  const { subject } = claims;
  try {
    await tx.sql
      .insertInto('person_identities')
      .values({ issuer, subject, person_id: personId, linked_at: at, last_seen_at: at })
      .execute();
  } catch (thrown) {
    throw thrown instanceof UniqueViolation ? new AppError('person.exists') : thrown;
  }
  tx.record({
    id: context.platform.newId('rec'),
    kind: 'person.identity_linked',
    at,
    causes: [],
    person: personId,
    // An issuer's subject names somebody beyond this house.
    body: { issuer, subject: sha256(subject), how },
  });
}
