import { z } from 'zod';

// A name is shown beside decisions: nothing in it may hide, reorder or break the line.
const displayName = z
  .string()
  .trim()
  .min(1)
  .max(80)
  .regex(/^[\p{L}\p{M}\p{N}\p{P} +]+$/u)
  .normalize('NFC');

/** Roles of the product and groups that policies name, told apart by the table of roles. */
const roleNames = z.array(z.string().regex(/^[a-z][a-z0-9_-]{0,63}$/)).max(32);

export const personId = z.string().regex(/^per_[0-9A-Z]{26}$/);
export const inviteInput = z.strictObject({
  displayName,
  email: z.email().max(254).toLowerCase().optional(),
  roles: roleNames.min(1),
});
export const rolesInput = z.strictObject({ personId, roles: roleNames });
export const linkToken = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

/** What a person is called. */
export const personName = displayName;
/** What a person calls a passkey of theirs. */
export const passkeyLabel = displayName;

const base64url = (longest: number) =>
  z
    .string()
    .max(longest)
    .regex(/^[A-Za-z0-9_-]*$/);

export const credentialId = base64url(1_366).min(1);

/** Hostile: what a browser says that an authenticator answered at sign-in or approval. */
export const assertionInput = z.object({
  id: base64url(1_366).min(1),
  rawId: base64url(1_366).min(1),
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: base64url(8_192),
    authenticatorData: base64url(8_192),
    signature: base64url(4_096),
    userHandle: base64url(128).optional(),
  }),
});

/** Hostile: what a browser says that an authenticator answered at registration. */
export const attestationInput = z.object({
  id: base64url(1_366).min(1),
  rawId: base64url(1_366).min(1),
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: base64url(8_192),
    attestationObject: base64url(32_768),
    transports: z
      .array(z.string().regex(/^[a-z-]{1,32}$/))
      .max(10)
      .optional(),
  }),
});

export const joinInput = z.strictObject({
  token: linkToken,
  displayName: displayName.optional(),
  label: passkeyLabel.default('Passkey'),
  response: attestationInput,
});
