import { AppError } from '@countersign/api';
import { isJsonPointer } from '@countersign/core';
import { z } from 'zod';
import { requireUpstreamUrl } from '../outbound/address-guard.ts';
import type { UpstreamKind } from '../plugins/database/tables/upstream-tables.ts';
import { isReservedSecret } from '../plugins/secret-store/reserved-secrets.ts';
import { idSchema } from '../wire/id-schema.ts';
import {
  credentialSettings,
  findCredentialFlaw,
  listCredentialSecrets,
} from './credentials/credential-settings.ts';
import { isForbiddenHeader } from './http-api/forbidden-headers.ts';
import { modelProviders, type UpstreamSettings } from './live-upstream.ts';
import { findSecretNames } from './secret-reference.ts';
import { toolName } from './upstream-schema.ts';

const text = z.string().min(1).max(4096).refine(isPlainText);
const headerName = z.string().regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}$/);
const variableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/);

const bounds = {
  timeoutSeconds: z.number().int().min(1).max(600).optional(),
  maxResultBytes: z.number().int().min(1024).max(67_108_864).optional(),
  credential: credentialSettings.optional(),
  secretMaxAgeDays: z.number().int().min(1).max(3650).optional(),
};

const authzenMapping = z.enum(['off', 'on']).optional();
const pointer = z.string().max(256).refine(isJsonPointer);
const remember = z
  .record(
    z.string().regex(/^[a-z][A-Za-z0-9]{0,31}$/),
    z.strictObject({
      key: z.array(pointer).min(1).max(4),
      from: z.record(toolName, pointer).refine((from) => Object.keys(from).length <= 32),
    }),
  )
  .refine((kinds) => Object.keys(kinds).length <= 16)
  .optional();

const httpSettings = z.strictObject({
  url: text,
  authzenMapping,
  remember,
  allowPrivate: z.boolean().optional(),
  headers: z.record(headerName, text).optional(),
  ...bounds,
});

const apiSettings = z.strictObject({
  url: text,
  documentUrl: text.optional(),
  allowPrivate: z.boolean().optional(),
  headers: z.record(headerName, text).optional(),
  query: z.record(z.string().regex(/^[A-Za-z0-9_.~[\]-]{1,128}$/), text).optional(),
  basic: z.strictObject({ username: text, password: text }).optional(),
  maxStreamBytes: z.number().int().min(1024).max(17_179_869_184).optional(),
  ...bounds,
});

const modelSettings = z.strictObject({
  url: text,
  provider: z.enum(modelProviders),
  allowPrivate: z.boolean().optional(),
  headers: z.record(headerName, text).optional(),
  passHeaders: z.array(headerName).max(16).optional(),
  hostedTools: z
    .array(z.string().regex(/^[a-z][a-z0-9_]{0,63}$/))
    .max(32)
    .optional(),
  maxStreamBytes: z.number().int().min(1024).max(17_179_869_184).optional(),
  ...bounds,
});

const peerSettings = z.strictObject({
  url: text,
  cardUrl: text.optional(),
  signedBy: z
    .strictObject({
      jwksUrl: text.optional(),
      keys: z
        .array(z.record(z.string().max(32), z.unknown()).refine((key) => isPublicKey(key)))
        .min(1)
        .max(8)
        .optional(),
    })
    .refine(({ jwksUrl, keys }) => (jwksUrl === undefined) !== (keys === undefined))
    .optional(),
  direct: z.boolean().optional(),
  agent: idSchema('agt').optional(),
  allowPrivate: z.boolean().optional(),
  headers: z.record(headerName, text).optional(),
  maxStreamBytes: z.number().int().min(1024).max(17_179_869_184).optional(),
  ...bounds,
});

const hooksSettings = z.strictObject({
  declaredBy: z.array(idSchema('agt')).max(16).optional(),
});

const stdioSettings = z.strictObject({
  command: text,
  authzenMapping,
  remember,
  args: z.array(z.string().max(4096).refine(isPlainText)).max(64).optional(),
  cwd: text.optional(),
  env: z.record(variableName, text).optional(),
  ...bounds,
});

// These belong to the transport: a setting that could change them could smuggle a second request.
const transportHeaders = new Set([
  'accept',
  'accept-encoding',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
const sensitiveName = /auth|cookie|token|secret|passw|credential|api.?key|access.?key|private.?key/i;
const mostPairs = 32;

const schemas = {
  'mcp-http': httpSettings,
  'mcp-stdio': stdioSettings,
  http: apiSettings,
  model: modelSettings,
  a2a: peerSettings,
  hooks: hooksSettings,
};

/** Checks settings from a person or a file. Throws `upstream.settings_invalid` or `upstream.address_refused`. */
export function parseSettings(kind: UpstreamKind, input: unknown): UpstreamSettings {
  const parsed = schemas[kind].safeParse(input);
  if (!parsed.success) throw refuse(describeIssue(parsed.error));
  const settings = dropUndefined(parsed.data);
  if (settings.url !== undefined) requireSafeUrl(settings.url, settings.allowPrivate === true);
  if (kind === 'a2a') requirePeer(settings);
  requireReferences('headers', settings.headers);
  requireReferences('env', settings.env);
  requirePassable(settings.passHeaders);
  if (kind === 'http' || kind === 'model') requireApi(settings);
  for (const name of Object.keys(settings.headers ?? {})) {
    if (transportHeaders.has(name.toLowerCase()) || name.toLowerCase().startsWith('mcp-')) {
      throw refuse(`headers.${name} is set by the gateway`);
    }
  }
  requireCredential(kind, settings);
  // Arguments are visible to every process of the machine.
  if (settings.args?.some((one) => one.includes('{secret:')))
    throw refuse('args cannot hold a secret; use env');
  return settings;
}

function requireSafeUrl(url: string, allowPrivate: boolean): void {
  const { searchParams, hash } = requireUpstreamUrl(url, allowPrivate);
  if (hash !== '') throw refuse('url has a fragment');
  for (const name of searchParams.keys()) {
    if (sensitiveName.test(name)) throw refuse(`url carries ${name}; put it in headers as {secret:name}`);
  }
}

/** What an agent shows here is for here: none of its credentials goes on, whatever a header of the provider is called. */
function requirePassable(names: readonly string[] = []): void {
  const found = names.find(
    (name) => transportHeaders.has(name.toLowerCase()) || sensitiveName.test(name) || isForbiddenHeader(name),
  );
  if (found !== undefined) throw refuse(`passHeaders cannot name ${found}`);
}

/** A value that looks like a credential must be a reference, so that no secret is kept in clear in the settings. */
function requireReferences(field: string, pairs: Readonly<Record<string, string>> | undefined): void {
  const entries = Object.entries(pairs ?? {});
  if (entries.length > mostPairs) throw refuse(`${field} has more than ${mostPairs} entries`);
  const seen = new Set<string>();
  for (const [name, value] of entries) {
    if (seen.has(name.toLowerCase())) throw refuse(`${field}.${name} is given twice`);
    seen.add(name.toLowerCase());
    const names = findSecretNames(value);
    if (names === undefined) throw refuse(`${field}.${name} has a malformed {secret:name}`);
    if (names.some(isReservedSecret)) throw refuse(`${field}.${name} refers to the secrets of a connection`);
    if (names.length === 0 && sensitiveName.test(name)) {
      throw refuse(`${field}.${name} must refer to a secret as {secret:name}`);
    }
  }
}

function requireApi({ url = '', documentUrl, allowPrivate, headers, query, basic }: UpstreamSettings): void {
  if (new URL(url).search !== '') throw refuse('url has a query; put it in query');
  if (documentUrl !== undefined) requireSafeUrl(documentUrl, allowPrivate === true);
  requireReferences('query', query);
  requireReferences('basic', basic);
  const isAuthorized = Object.keys(headers ?? {}).some((name) => name.toLowerCase() === 'authorization');
  if (basic !== undefined && isAuthorized) throw refuse('basic and headers.authorization exclude each other');
}

/** Its card and the keys that sign it come from where its credentials go, so that nobody else can speak for it. */
function requirePeer({ url = '', cardUrl, signedBy, allowPrivate }: UpstreamSettings): void {
  if (new URL(url).search !== '') throw refuse('url has a query');
  for (const [field, given] of [
    ['cardUrl', cardUrl],
    ['signedBy.jwksUrl', signedBy?.jwksUrl],
  ] as const) {
    if (given === undefined) continue;
    requireSafeUrl(given, allowPrivate === true);
    if (new URL(given).origin !== new URL(url).origin) throw refuse(`${field} is at another origin than url`);
  }
}

function requireCredential(kind: UpstreamKind, settings: UpstreamSettings): void {
  const { credential } = settings;
  if (credential === undefined) return;
  const flaw = findCredentialFlaw(kind, settings, credential);
  if (flaw !== undefined) throw refuse(`credential: ${flaw}`);
  if (listCredentialSecrets(credential).some(isReservedSecret))
    throw refuse("credential: the secrets of connections are nobody else's");
  const { issuer, allowPrivate } = { issuer: undefined, ...credential };
  if (issuer !== undefined) requireUpstreamUrl(issuer, allowPrivate === true);
}

/** A public key, and nothing that could be a secret or be shared by both sides. */
function isPublicKey(key: Readonly<Record<string, unknown>>): boolean {
  const secret = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];
  return (key.kty === 'EC' || key.kty === 'OKP' || key.kty === 'RSA') && !secret.some((name) => name in key);
}

function isPlainText(value: string): boolean {
  return value.isWellFormed() && !/\p{Cc}/u.test(value);
}

function dropUndefined(settings: object): UpstreamSettings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

function describeIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue === undefined
    ? 'not valid'
    : `${issue.path.map(String).join('.').slice(0, 100)}: ${issue.code}`;
}

function refuse(detail: string): AppError {
  return new AppError('upstream.settings_invalid', { detail });
}
