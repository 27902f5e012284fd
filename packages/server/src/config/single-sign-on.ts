import { z } from 'zod';

const claim = z
  .array(z.string().min(1).max(128))
  .min(1)
  .max(8)
  .describe('The way to a claim, member by member.');

/** Which claims say what; `preset` fills in what is not named. */
const claims = z.strictObject({
  groups: z.array(claim).max(8).optional().describe('Lists of groups or roles; all of them count.'),
  name: claim.optional(),
  email: claim.optional(),
  emailVerified: claim.optional(),
  subject: z
    .array(claim)
    .min(1)
    .max(4)
    .optional()
    .describe('What together never changes for a person; sub when absent.'),
});

/** The one issuer whose word lets people in. */
export const singleSignOn = z
  .strictObject({
    issuer: z
      .url({ protocol: /^https?$/ })
      .max(1024)
      .describe('Exactly as it writes itself.'),
    clientId: z.string().min(1).max(256),
    clientSecret: z.string().min(1).max(4096).optional().describe('{secret:name}; none for a public client.'),
    clientSecretFile: z
      .string()
      .min(1)
      .max(4096)
      .optional()
      .describe('A file that holds the secret instead.'),
    scopes: z
      .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,64}$/))
      .min(1)
      .max(16)
      .default(['openid', 'profile', 'email']),
    preset: z.enum(['standard', 'keycloak', 'okta', 'entra']).default('standard'),
    claims: claims.prefault({}),
    tenants: z
      .array(z.string().min(1).max(64))
      .max(64)
      .default([])
      .describe('Values of `tid` that may come in; needed where one issuer speaks for many.'),
    join: z
      .enum(['invited', 'anyone'])
      .default('invited')
      .describe('invited: only with an invitation to the same, verified e-mail address.'),
    enrolPasskey: z
      .enum(['off', 'on'])
      .default('on')
      .describe(
        'Whether somebody may make their first passkey; it counts once an administrator confirmed it.',
      ),
    maxAgeSeconds: z
      .number()
      .int()
      .min(0)
      .max(86_400)
      .optional()
      .describe('How long ago the issuer may have asked the person who they are.'),
    clockSkewSeconds: z.number().int().min(0).max(120).default(30),
    endpointHosts: z
      .array(z.string().min(1).max(253))
      .max(8)
      .default([])
      .describe('Hosts beside the issuer’s own that its endpoints may be on.'),
    allowPrivate: z
      .boolean()
      .default(false)
      .describe('The issuer may be on this machine or a private network.'),
  })
  .refine((set) => set.clientSecret === undefined || set.clientSecretFile === undefined, {
    error: 'clientSecret and clientSecretFile exclude each other',
  })
  .refine((set) => set.clientSecret === undefined || /^\{secret:[^{}]+\}$/.test(set.clientSecret), {
    error: 'clientSecret must be {secret:name}; a secret does not belong in this file',
  })
  .refine((set) => set.tenants.length > 0 || !/\/(common|organizations|consumers)(\/|$)/.test(set.issuer), {
    error: 'an issuer that speaks for many tenants needs tenants',
  });
