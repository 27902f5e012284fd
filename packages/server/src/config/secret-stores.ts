import { z } from 'zod';

const slug = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/);
const file = z.string().min(1).max(4096);
const url = z.string().max(2048).describe('https, or http to this machine.');
const caFile = file.optional().describe('PEM of the authority that signed its certificate.');
// No segment may start with a dot or hold anything with a meaning in a URL: a name never leaves its place.
const path = z
  .string()
  .max(512)
  .regex(/^[A-Za-z0-9_][A-Za-z0-9_.@=+-]*(\/[A-Za-z0-9_][A-Za-z0-9_.@=+-]*)*$/);
const field = z.string().regex(/^[A-Za-z_][A-Za-z0-9_-]{0,62}$/);
const title = z
  .string()
  .max(256)
  .regex(/^[^"\\\p{Cc}]+$/u);

const vaultAuth = z.discriminatedUnion('method', [
  z.strictObject({
    method: z.literal('token'),
    tokenFile: file.describe('Kept good by whoever writes it, such as the agent of Vault.'),
  }),
  z.strictObject({
    method: z.literal('approle'),
    mount: path.default('approle'),
    roleId: z.string().min(1).max(512),
    secretIdFile: file,
  }),
  z.strictObject({
    method: z.literal('kubernetes'),
    mount: path.default('kubernetes'),
    role: z.string().min(1).max(256),
    tokenFile: file.default('/var/run/secrets/kubernetes.io/serviceaccount/token'),
  }),
]);

const vaultSecret = z.union([
  z.strictObject({
    mount: path.describe('Of a KV version 2 engine.'),
    path,
    field: field.default('value'),
  }),
  z.strictObject({
    lease: path.describe('Read for credentials made on the spot, such as database/creds/orders.'),
    field: field.default('password'),
  }),
]);

const vault = z.strictObject({
  name: slug.describe('Settings refer to its secrets as {secret:<name>:<secret>}.'),
  kind: z.literal('vault').describe('HashiCorp Vault or OpenBao.'),
  url,
  caFile,
  namespace: path.optional(),
  auth: vaultAuth,
  folder: z
    .strictObject({ mount: path, path })
    .optional()
    .describe('Where secrets that are not named below are kept; without it the store is only read.'),
  secrets: z.record(slug, vaultSecret).default({}),
});

const onePassword = z.strictObject({
  name: slug,
  kind: z.literal('1password').describe('1Password Connect; only read.'),
  url,
  caFile,
  tokenFile: file,
  secrets: z.record(
    slug,
    z.strictObject({
      vault: title.describe('Title or id.'),
      item: title.describe('Title or id.'),
      field: z.string().max(256).default('credential').describe('Label or id of the field.'),
    }),
  ),
});

const local = z.strictObject({ name: slug, kind: z.enum(['encrypted-file', 'environment']) });

export const secretStoreSchema = z.discriminatedUnion('kind', [vault, onePassword, local]);

/** Of a secret as a whole, with its store where that is not the default one. */
const wholeName = z.string().regex(/^(?:[a-z][a-z0-9-]{0,62}:)?[a-z][a-z0-9-]{0,62}$/);
const days = z.number().int().min(1).max(3650);

export const secretsSchema = z.strictObject({
  store: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,62}$/)
    .default('encrypted-file')
    .describe('Of secrets named without a store: encrypted-file, environment, or the name of one in stores.'),
  stores: z.array(secretStoreSchema).max(16).default([]).describe('Further stores, each under its name.'),
  cacheSeconds: z
    .number()
    .int()
    .min(1)
    .max(3600)
    .default(60)
    .describe('How long a value of a remote store is used without asking again.'),
  maxAgeDays: days.optional().describe('A secret may be no older; warned of from four fifths on.'),
  ages: z.record(wholeName, days).default({}).describe('Other limits, in days, by name of secret.'),
  whenTooOld: z
    .enum(['refuse', 'warn'])
    .default('refuse')
    .describe('What happens to calls that need an older one.'),
});

export type SecretStoreConfig = z.infer<typeof secretStoreSchema>;
export type VaultConfig = z.infer<typeof vault>;
export type VaultAuth = VaultConfig['auth'];
export type VaultSecret = z.infer<typeof vaultSecret>;
export type OnePasswordConfig = z.infer<typeof onePassword>;
