import { AppError } from '@countersign/api';
import type { JsonValue } from '@countersign/core';
import { z } from 'zod';
import { plainLine } from '../../wire/plain-text.ts';
import { type PublicJwk, parsePublicJwk } from '../public-jwk.ts';
import { classifyRedirectUri } from './redirect-uri.ts';

/** What we keep of a client's own description of itself. Nothing in it is verified; a name is only what it calls itself. */
export interface ClientMetadata {
  readonly name: string;
  readonly redirectUris: readonly string[];
  readonly authMethod: 'none' | 'private_key_jwt';
  /** Public keys of a `private_key_jwt` client that states them itself. */
  readonly keys: readonly PublicJwk[];
  /** Where a `private_key_jwt` client publishes its keys instead. */
  readonly jwksUri: string | null;
  readonly softwareId: string | null;
  readonly softwareVersion: string | null;
  /** RFC 9449 §5.2: it never takes a token that is not bound to its key. */
  readonly dpopBound: boolean;
}

const mostRedirects = 16;
const mostKeys = 8;

/** RFC 7591 §2; members we have no use for are let pass, as it says. */
const documentSchema = z.object({
  client_name: plainLine(100).optional(),
  redirect_uris: z.array(z.string()).min(1).max(mostRedirects),
  token_endpoint_auth_method: z.string().max(64).optional(),
  grant_types: z.array(z.string().max(128)).max(16).optional(),
  response_types: z.array(z.string().max(64)).max(16).optional(),
  jwks: z.object({ keys: z.array(z.unknown()).min(1).max(mostKeys) }).optional(),
  jwks_uri: z
    .url({ protocol: /^https$/ })
    .max(512)
    .optional(),
  software_id: plainLine(128).optional(),
  software_version: plainLine(64).optional(),
  dpop_bound_access_tokens: z.boolean().optional(),
});

export interface ReadingOptions {
  /** What to call a client that does not say. */
  readonly unnamed: string;
  /** A client that asks for a secret gets none and is told so (RFC 7591 §3.2.1), instead of being refused. */
  readonly replaceSecretMethods?: boolean;
}

/** Reads hostile JSON. Throws `token.client_metadata_invalid`, or `token.redirect_refused` for a redirect URI. */
export function readClientMetadata(value: JsonValue, options: ReadingOptions): ClientMetadata {
  const checked = documentSchema.safeParse(value);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    throw refuse(issue?.path.slice(0, 2).map(String).join('.').slice(0, 100) || 'not an object');
  }
  const given = checked.data;
  const redirectUris = [...new Set(given.redirect_uris)];
  if (redirectUris.some((uri) => classifyRedirectUri(uri) === undefined)) {
    throw new AppError('token.redirect_refused', { detail: 'redirect_uris' });
  }
  if (given.grant_types?.includes('authorization_code') === false) throw refuse('grant_types');
  if (given.response_types?.includes('code') === false) throw refuse('response_types');
  const authMethod = readAuthMethod(given.token_endpoint_auth_method, options);
  const keys = authMethod === 'none' ? [] : readKeys(given.jwks?.keys ?? []);
  const jwksUri = authMethod === 'none' || keys.length > 0 ? null : (given.jwks_uri ?? null);
  if (authMethod === 'private_key_jwt' && keys.length === 0 && jwksUri === null) throw refuse('jwks');
  return {
    name: given.client_name ?? options.unnamed,
    redirectUris,
    authMethod,
    keys,
    jwksUri,
    softwareId: given.software_id ?? null,
    softwareVersion: given.software_version ?? null,
    dpopBound: given.dpop_bound_access_tokens ?? false,
  };
}

/** RFC 7591 §2.1: without a word it would be a secret, which no client of ours ever has. */
function readAuthMethod(
  given: string | undefined,
  { replaceSecretMethods = false }: ReadingOptions,
): ClientMetadata['authMethod'] {
  if (given === undefined || given === 'none') return 'none';
  if (given === 'private_key_jwt') return given;
  if (replaceSecretMethods && given.startsWith('client_secret_')) return 'none';
  throw refuse('token_endpoint_auth_method');
}

/** Keys of kinds we do not know are passed over; a private one shows that the client does not know what it does. */
export function readKeys(given: readonly unknown[]): readonly PublicJwk[] {
  if (given.some(holdsSecret)) throw refuse('jwks');
  return given.slice(0, mostKeys).flatMap((jwk) => parsePublicJwk(jwk) ?? []);
}

function holdsSecret(jwk: unknown): boolean {
  return typeof jwk === 'object' && jwk !== null && (Object.hasOwn(jwk, 'd') || Object.hasOwn(jwk, 'k'));
}

function refuse(detail: string): AppError {
  return new AppError('token.client_metadata_invalid', { detail });
}
