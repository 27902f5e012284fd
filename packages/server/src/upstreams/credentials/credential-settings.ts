import { z } from 'zod';
import type { UpstreamKind } from '../../plugins/database/tables/upstream-tables.ts';
import { findSecretNames } from '../secret-reference.ts';

const line = (longest: number) =>
  z
    .string()
    .min(1)
    .max(longest)
    .regex(/^[\x20-\x7e]+$/);
const url = line(2048).refine(isCleanUrl);
const host = z.string().regex(/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::[0-9]{1,5})?$/);
const scope = z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,256}$/);
/** Nothing but one `{secret:name}`: the value itself is never in the settings. */
const secret = z.string().max(256).refine(isOneReference);

/** Where a credential is asked for; `endpointHosts` may answer for the issuer beside its own host. */
const issuing = {
  issuer: url.optional(),
  endpointHosts: z.array(host).max(8).optional(),
  /** Whether the issuer may be on a private network; the upstream's own address does not decide that. */
  allowPrivate: z.boolean().optional(),
};
/** For a program, which gets its credential in this environment variable. */
const variable = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/)
  .optional();

const client = {
  ...issuing,
  variable,
  clientId: line(1024).optional(),
  clientSecret: secret.optional(),
  /** A private key, as JWK or PEM, for `private_key_jwt`. */
  privateKey: secret.optional(),
  scopes: z.array(scope).max(64).optional(),
  /** RFC 8707; the upstream's own identifier when absent. */
  resource: url.optional(),
};

export const credentialSettings = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('oauth-user'),
    ...client,
    /** False: the access token itself is used even where the issuer could exchange it for one per task. */
    exchange: z.boolean().optional(),
    /** Whether tokens are bound to a key (RFC 9449); by default when issuer and upstream both say that they can. */
    dpop: z.boolean().optional(),
  }),
  z.strictObject({ kind: z.literal('client-credentials'), ...client, clientId: line(1024) }),
  z.strictObject({ kind: z.literal('token-exchange'), ...client, audience: line(1024).optional() }),
  z.strictObject({
    kind: z.literal('github-app'),
    variable,
    allowPrivate: z.boolean().optional(),
    /** Another one for GitHub Enterprise Server. */
    apiUrl: url.optional(),
    /** The app's client id or number. */
    appId: line(128),
    installationId: z.string().regex(/^[0-9]{1,20}$/),
    privateKey: secret,
    repositories: z
      .array(z.string().regex(/^[A-Za-z0-9._-]{1,100}$/))
      .min(1)
      .max(50)
      .optional(),
    permissions: z
      .record(z.string().regex(/^[a-z_]{1,64}$/), z.enum(['read', 'write', 'admin']))
      .refine((named) => Object.keys(named).length > 0 && Object.keys(named).length <= 32),
  }),
  z.strictObject({
    kind: z.literal('aws-sts'),
    allowPrivate: z.boolean().optional(),
    roleArn: z.string().regex(/^arn:aws[a-z-]{0,16}:iam::[0-9]{12}:role\/[\w+=,.@/-]{1,512}$/),
    region: z.string().regex(/^[a-z]{2}(?:-[a-z]{1,12}){1,3}-[0-9]{1,2}$/),
    endpoint: url.optional(),
    audience: line(256).optional(),
    /** A session policy, JSON: the session can do no more than this, whatever the role may. */
    sessionPolicy: z.string().min(2).max(2048).refine(isJsonObjectText).optional(),
    durationSeconds: z.number().int().min(900).max(3600).optional(),
  }),
]);

/** How an upstream's credential is got, when it is not a stored secret. */
export type UpstreamCredential = z.infer<typeof credentialSettings>;
export type CredentialKind = UpstreamCredential['kind'];
export type OAuthCredential = Extract<
  UpstreamCredential,
  { kind: 'oauth-user' | 'client-credentials' | 'token-exchange' }
>;
export type CredentialOf<Kind extends CredentialKind> = Extract<UpstreamCredential, { kind: Kind }>;

/** Why these settings cannot have this credential, or undefined. */
export function findCredentialFlaw(
  kind: UpstreamKind,
  settings: {
    readonly url?: string;
    readonly headers?: object;
    readonly env?: object;
    readonly basic?: object;
  },
  credential: UpstreamCredential,
): string | undefined {
  if (kind === 'http' || kind === 'model' || kind === 'a2a') {
    // A proof is for one request, and this credential is put on many that differ.
    if (credential.kind === 'oauth-user' && credential.dpop !== false)
      return 'dpop: false is needed: proofs are not made for this kind of upstream';
    if (settings.basic !== undefined) return 'basic and a credential exclude each other';
  }
  if (kind !== 'mcp-stdio') {
    if (credential.kind === 'aws-sts') return 'aws-sts is for programs';
    if (credential.variable !== undefined) return 'variable is for programs';
    const names = Object.keys(settings.headers ?? {}).map((name) => name.toLowerCase());
    const taken = names.find((name) => name === 'authorization' || name === 'dpop');
    return taken === undefined ? undefined : `headers.${taken} and a credential exclude each other`;
  }
  const names = Object.keys(settings.env ?? {});
  if (credential.kind === 'aws-sts') {
    const taken = names.find((name) => name.startsWith('AWS_'));
    return taken === undefined ? undefined : `env.${taken} and aws-sts exclude each other`;
  }
  if (credential.variable === undefined) return 'variable is needed: the program reads its credential there';
  if (names.includes(credential.variable)) return `env.${credential.variable} is given twice`;
  if (isOAuth(credential) && credential.issuer === undefined)
    return 'issuer is needed: a program cannot name its own';
  if (credential.kind === 'oauth-user' && credential.dpop === true)
    return 'a program cannot prove possession of our key';
  return undefined;
}

export function isOAuth(credential: UpstreamCredential): credential is OAuthCredential {
  return credential.kind !== 'github-app' && credential.kind !== 'aws-sts';
}

/** The secrets the credential itself is got with. */
export function listCredentialSecrets(credential: UpstreamCredential | undefined): readonly string[] {
  if (credential === undefined) return [];
  const held = [
    'clientSecret' in credential ? credential.clientSecret : undefined,
    'privateKey' in credential ? credential.privateKey : undefined,
  ];
  return held.flatMap((text) => (text === undefined ? [] : (findSecretNames(text) ?? [])));
}

function isOneReference(text: string): boolean {
  const [name, ...others] = findSecretNames(text) ?? [];
  return name !== undefined && others.length === 0 && text === `{secret:${name}}`;
}

function isCleanUrl(text: string): boolean {
  const parsed = URL.parse(text);
  return parsed !== null && parsed.username === '' && parsed.password === '' && parsed.hash === '';
}

function isJsonObjectText(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
