import { type Actor, loadWebauthn, readRelyingParty } from '../../people/index.ts';
import {
  type LabelContext,
  loadDeclassification,
  requireDeclassifier,
  requireOpen,
} from './declassification.ts';

/** What the browser needs so that the person's passkey signs exactly this. Throws `task.declassification_not_open`. */
export async function beginSigning(context: LabelContext, actor: Actor, id: string) {
  const { person } = requireDeclassifier(actor);
  const row = await loadDeclassification(context.store.sql, id);
  requireOpen(row, await context.tasks.lease(row.task_id), context.platform.now());
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
