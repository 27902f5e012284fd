import { readFile } from 'node:fs/promises';
import { isJsonObject, parseStrictJson } from '@countersign/core';
import type { JSONWebKeySet, JWK } from 'jose';
import type { FetchDocument } from '../../outbound/fetch-document.ts';
import type { WorkloadTrust } from './trust-settings.ts';

const maxBytes = 262_144;
const limits = { bytes: maxBytes, depth: 8, keys: 4096 };

/** Reads a platform's keys from the file or address that its trust names. Throws when they cannot be had. */
export async function loadKeys(trust: WorkloadTrust, fetchDocument: FetchDocument): Promise<JSONWebKeySet> {
  if (trust.keysFile !== undefined) return readKeys(await readFile(trust.keysFile, 'utf8'));
  const url = trust.keysUrl ?? (await discover(trust, fetchDocument));
  return readKeys(await get(trust, fetchDocument, url));
}

/** OpenID Connect Discovery §4: what answers for another issuer answers for nobody. */
async function discover(trust: WorkloadTrust, fetchDocument: FetchDocument): Promise<string> {
  const issuer = trust.issuer ?? '';
  const path = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const document = parseObject(await get(trust, fetchDocument, path));
  if (document.issuer !== issuer || typeof document.jwks_uri !== 'string') {
    throw new Error('the discovery document is not this issuer’s');
  }
  return document.jwks_uri;
}

async function get(trust: WorkloadTrust, fetchDocument: FetchDocument, url: string): Promise<string> {
  // Kubernetes serves its keys to those who show a service account's token.
  const token = trust.tokenFile === undefined ? undefined : (await readFile(trust.tokenFile, 'utf8')).trim();
  const authority = trust.caFile === undefined ? undefined : await readFile(trust.caFile, 'utf8');
  const { text } = await fetchDocument({
    url,
    maxBytes,
    accept: 'application/json, application/jwk-set+json',
    allowPrivate: trust.allowPrivate ?? false,
    ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
    ...(authority === undefined ? {} : { certificateAuthority: authority }),
  });
  return text;
}

function readKeys(text: string): JSONWebKeySet {
  const { keys } = parseObject(text);
  if (!Array.isArray(keys)) throw new Error('there are no keys');
  return { keys: keys.filter(isJsonObject) as unknown as JWK[] };
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  const parsed = parseStrictJson(text, limits);
  if (!parsed.ok || !isJsonObject(parsed.value)) throw new Error('no JSON object');
  return parsed.value;
}
