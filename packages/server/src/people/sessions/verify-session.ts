import { AppError } from '@countersign/api';
import type { z } from 'zod';
import type { Context } from '../../context.ts';
import { sha256 } from '../../platform/sha256.ts';
import type { Actor } from '../actor.ts';
import { askForSignature } from '../ask-for-signature.ts';
import type { Challenges } from '../challenges.ts';
import { readClaimedChallenge } from '../client-data.ts';
import { countSignature, requireOwnPasskey, verifySignature } from '../passkey-signature.ts';
import { assertionInput } from '../person-input.ts';

type Verifying = Pick<Context, 'config' | 'platform' | 'store'>;

/** Bound to the session, so that an answer given in one never renews another. */
const holderOf = (session: string): string => `verify:${session}`;

/** What the browser needs for the person of this session to show that it is still them. */
export async function beginVerify(context: Verifying, challenges: Challenges, actor: Actor) {
  if (actor.kind !== 'person') throw new AppError('person.sign_in_required');
  return askForSignature(context, actor.person, challenges.issue(holderOf(actor.session)));
}

/**
 * Counts the session as verified by passkey from now on. A session that only a directory had vouched for gets another
 * secret, for the cookie: whoever had learnt the one before stays below. Throws `person.passkey_refused` and
 * `person.passkey_unconfirmed`.
 */
export async function finishVerify(
  context: Verifying,
  challenges: Challenges,
  actor: Actor,
  input: z.input<typeof assertionInput>,
): Promise<{ readonly secret: string | undefined }> {
  if (actor.kind !== 'person') throw new AppError('person.sign_in_required');
  const assertion = assertionInput.parse(input);
  const challenge = readClaimedChallenge(assertion.response.clientDataJSON);
  if (challenge === undefined || !challenges.isIssued(challenge, holderOf(actor.session))) {
    throw new AppError('person.passkey_refused', { cause: 'challenge' });
  }
  const row = await requireOwnPasskey(context.store.sql, actor.person, assertion);
  const signature = await verifySignature(row, assertion, challenge, context.config.server.publicUrl);
  if (!(await challenges.spend(challenge))) throw new AppError('person.passkey_refused', { cause: 'replay' });
  const at = context.platform.now();
  const secret =
    actor.verifiedAt === 0 ? Buffer.from(context.platform.randomBytes(32)).toString('base64url') : undefined;
  await context.store.transaction(async (tx) => {
    await countSignature(tx, signature, at);
    const renewed = await tx.sql
      .updateTable('sessions')
      .set({ verified_at: at, ...(secret === undefined ? {} : { secret_digest: sha256(secret) }) })
      .where('id', '=', actor.session)
      .where('ended_at', 'is', null)
      .executeTakeFirst();
    if (renewed.numUpdatedRows !== 1n) throw new AppError('person.sign_in_required');
    tx.record({
      id: context.platform.newId('rec'),
      kind: 'person.verified',
      at,
      causes: [],
      person: actor.person,
      body: { session: actor.session, credentialId: row.credential_id },
    });
  });
  return { secret };
}
