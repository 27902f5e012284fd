import type { z } from 'zod';
import type { Context } from '../../context.ts';
import type { Actor } from '../actor.ts';
import { readRelyingParty } from '../relying-party.ts';
import type { AuditAccess } from './audit-access.ts';
import type { giveAuditAccessInput } from './audit-proposal.ts';
import { beginGiveAuditAccess, giveAuditAccess } from './give-audit-access.ts';
import { proposeAuditAccess } from './propose-audit-access.ts';

type Giving = Pick<Context, 'config' | 'platform' | 'store'>;
type Wish = z.input<typeof giveAuditAccessInput>;

interface Passkey {
  readonly credentialId: string;
  register(challenge: string): { readonly response: { readonly attestationObject: string } };
  assert(challenge: string): unknown;
}

/** Adds a passkey to an administrator, for tests, and gives accesses that it signs. */
export async function createTestGiver(
  context: Giving,
  admin: Actor & { readonly kind: 'person' },
  makePasskey: (options: {
    readonly rpId: string;
    readonly origin: string;
    readonly userHandle: string;
  }) => Passkey,
): Promise<(wish: Wish) => Promise<AuditAccess>> {
  const { id: rpId, origin } = readRelyingParty(context.config.server.publicUrl);
  const userHandle = Buffer.from(admin.person).toString('base64url');
  const passkey = makePasskey({ rpId, origin, userHandle });
  const { attestationObject } = passkey.register('').response;
  // The COSE key is the last 77 bytes of an ES256 registration without attestation.
  const publicKey = new Uint8Array(Buffer.from(attestationObject, 'base64url').subarray(-77));
  await context.store.sql
    .insertInto('passkeys')
    .values({
      ...{ credential_id: passkey.credentialId, person_id: admin.person, public_key: publicKey, counter: 0 },
      ...{ transports: '["internal"]', label: 'Key', created_at: 1, last_used_at: null },
    })
    .execute();
  return async (wish) => {
    const { id } = await proposeAuditAccess(context, admin, wish);
    const { challenge } = await beginGiveAuditAccess(context, admin, id);
    return giveAuditAccess(context, admin, id, passkey.assert(challenge));
  };
}
