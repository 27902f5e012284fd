import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { SecretStore } from '../../plugins/secret-store/secret-store.ts';
import { credentialSettings } from '../credentials/credential-settings.ts';

const text = z.string().min(1).max(8192);
const heldTokens = z.strictObject({
  connection: text,
  person: text,
  upstream: text,
  issuer: text,
  clientId: text,
  /** Only of a client that was registered dynamically. */
  clientSecret: text.optional(),
  /** What ending it at the issuer needs, also after the upstream is gone from here. */
  revocationEndpoint: text.optional(),
  authMethods: z.array(text).optional(),
  credential: credentialSettings,
  accessToken: text,
  refreshToken: text.optional(),
  /** Epoch milliseconds. */
  expiresAt: z.number(),
  /** The private key that the tokens are bound to, as JWK. */
  bindingJwk: z.record(z.string(), z.unknown()).optional(),
});

/** Everything secret about a connection; in the secret store and nowhere else. */
export type HeldTokens = z.infer<typeof heldTokens>;

export interface ConnectionIdentity {
  readonly id: string;
  readonly person_id: string;
  readonly upstream: string;
  readonly issuer: string;
}

// The store takes no longer values.
const longestCharacters = 16_384;

/** The name under which the secret store keeps a connection; no setting may refer to it. */
export function nameHeldTokens(connection: string): string {
  return `connection-${connection.toLowerCase().replace('_', '-')}`;
}

/**
 * Throws `secret.*`. What was put in the place of another connection's tokens is not used: everything it says must be
 * this connection's.
 */
export async function readHeldTokens(secrets: SecretStore, row: ConnectionIdentity): Promise<HeldTokens> {
  const { value } = await secrets.get(nameHeldTokens(row.id));
  const held = parse(value);
  const isOwn =
    held?.connection === row.id &&
    held.person === row.person_id &&
    held.upstream === row.upstream &&
    held.issuer === row.issuer;
  if (held === undefined || !isOwn)
    throw new AppError('secret.unavailable', { detail: 'the tokens of a connection are not its own' });
  return held;
}

/** Throws `secret.unavailable`, and `upstream.lied` for tokens that are too large to keep. */
export async function saveHeldTokens(secrets: SecretStore, held: HeldTokens): Promise<void> {
  const value = JSON.stringify(held);
  if (value.length > longestCharacters)
    throw new AppError('upstream.lied', { detail: 'its issuer gave tokens that are too large' });
  await secrets.set(nameHeldTokens(held.connection), value);
}

function parse(value: string): HeldTokens | undefined {
  try {
    return heldTokens.parse(JSON.parse(value));
  } catch {
    return undefined;
  }
}
