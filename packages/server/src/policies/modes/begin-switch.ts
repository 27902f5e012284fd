import { type Actor, loadWebauthn, readRelyingParty } from '../../people/index.ts';
import type { PolicyContext } from '../activate-bundle.ts';
import { requireSwitcher } from './get-mode-change.ts';
import { loadModeChange, requireOpenChange } from './mode-change.ts';

/**
 * What the browser needs so that the person's passkey signs exactly this change: the challenge is its digest. Throws
 * `policy.mode_change_not_open`.
 */
export async function beginSwitch(context: PolicyContext, actor: Actor, id: string) {
  const { person } = requireSwitcher(actor);
  const row = await loadModeChange(context.store.sql, id);
  requireOpenChange(context, row);
  const passkeys = await context.store.sql
    .selectFrom('passkeys')
    .select(['credential_id', 'transports'])
    .where('person_id', '=', person)
    .execute();
  const { generateAuthenticationOptions } = await loadWebauthn();
  return generateAuthenticationOptions({
    rpID: readRelyingParty(context.config.server.publicUrl).id,
    challenge: Uint8Array.from(Buffer.from(row.digest, 'base64url')),
    allowCredentials: passkeys.map((passkey) => ({
      id: passkey.credential_id,
      transports: JSON.parse(passkey.transports),
    })),
    timeout: 120_000,
    userVerification: 'required',
  });
}
