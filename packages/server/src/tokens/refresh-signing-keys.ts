import type { Context } from '../context.ts';
import { loadSigningKeys } from './load-signing-keys.ts';

/** Signs and verifies from now on with the keys that another gateway has made or taken away. */
export async function refreshSigningKeys(
  context: Pick<Context, 'masterKey' | 'platform' | 'store' | 'tokens'>,
): Promise<void> {
  const { platform, store, tokens } = context;
  const describe = () => {
    const { keys } = tokens.signingKeys.publish(platform.now());
    return JSON.stringify([tokens.signingKeys.current().kid, keys.map(({ kid }) => kid).sort()]);
  };
  await store.transaction(async (tx) => {
    const keys = await loadSigningKeys({ ...context, store: tx });
    // What this gateway rotates itself comes before it or after it.
    tx.afterCommit(() => {
      const before = describe();
      tokens.signingKeys.replace(keys);
      // A token that was verified stays verified under a key that is gone.
      if (describe() !== before) tokens.forgetVerified();
    });
  });
}
