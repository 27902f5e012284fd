import { AppError } from '@countersign/api';
import type { Context } from '../context.ts';
import { type Actor, nameActor, requirePermission } from '../people/index.ts';
import { loadSigningKeys } from './load-signing-keys.ts';
import { sealServerKey } from './server-key.ts';

export interface RotateSigningKeysInput {
  /** True after a compromise: tokens signed with the earlier keys end at once. */
  readonly revokeEarlier: boolean;
}

/** Whatever lifetime is configured now, an earlier configuration may have allowed this much. */
const longestTokenSeconds = 300;

/**
 * From its return on, new tokens are signed with a new key. The earlier key stays in the JWKS until the last token
 * signed with it has expired. Throws `person.forbidden`.
 */
export async function rotateSigningKeys(
  context: Context,
  actor: Actor,
  input: RotateSigningKeysInput,
): Promise<{ readonly kid: string }> {
  requirePermission(actor, 'tokens.rotate_keys');
  const { store, platform, masterKey, config, tokens } = context;
  const now = platform.now();
  const row = sealServerKey(masterKey, 'token', now);
  const removedAt = input.revokeEarlier
    ? now
    : now + (longestTokenSeconds + config.tokens.clockSkewSeconds) * 1000;
  await store.transaction(async (tx) => {
    const retired = await tx.sql
      .updateTable('server_keys')
      .set({ retired_at: now, removed_at: removedAt })
      .where('use', '=', 'token')
      .where('retired_at', 'is', null)
      .returning('kid')
      .execute();
    if (retired.length === 0) throw new AppError('server.internal');
    if (input.revokeEarlier) {
      const held = tx.sql.updateTable('server_keys').set({ removed_at: now });
      await held.where('use', '=', 'token').where('removed_at', '>', now).execute();
    }
    await tx.sql.insertInto('server_keys').values(row).execute();
    tx.record({
      id: platform.newId('rec'),
      kind: 'token.keys_rotated',
      at: now,
      causes: [],
      ...(actor.kind === 'person' ? { person: actor.person } : {}),
      body: {
        by: nameActor(actor),
        kid: row.kid,
        retired: retired.map(({ kid }) => kid),
        removedAt,
        revokedEarlier: input.revokeEarlier,
      },
    });
  });
  tokens.signingKeys.replace(await loadSigningKeys({ store, masterKey, platform }));
  tokens.forgetVerified();
  return { kid: row.kid };
}
