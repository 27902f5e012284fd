import { AppError } from '@countersign/api';
import { isJsonObject } from '@countersign/core';
import * as oauth from 'oauth4webapi';
import { requireUpstreamUrl } from '../../outbound/address-guard.ts';
import type { GuardedFetch } from '../../outbound/guarded-fetch.ts';
import { lied, modernRevision } from '../json-rpc.ts';
import type { OAuthCredential } from './credential-settings.ts';
import type { Holder } from './minted.ts';

export interface Issuer {
  readonly server: oauth.AuthorizationServer;
  /** RFC 8707: what the token is to be good for; undefined for a program that names none. */
  readonly resource: string | undefined;
  /** The resource itself says that it checks proofs of possession. */
  readonly resourceChecksProofs: boolean;
}

export interface IssuerFetches {
  readonly toUpstream: GuardedFetch;
  readonly toIssuer: GuardedFetch;
}

const usedEndpoints = [
  'authorization_endpoint',
  'token_endpoint',
  'revocation_endpoint',
  'registration_endpoint',
] as const;

/**
 * The authorization server of an upstream, named in its settings or by itself (RFC 9728, RFC 8414, MCP authorization),
 * with endpoints only where its issuer is or the settings allow. Throws `upstream.lied`, `upstream.address_refused`,
 * `upstream.redirect_refused` or `upstream.credential_unavailable`.
 */
export async function findIssuer(
  holder: Holder,
  credential: OAuthCredential,
  fetches: IssuerFetches,
): Promise<Issuer> {
  const found = credential.issuer === undefined ? await findResource(holder, fetches.toUpstream) : undefined;
  const issuer = credential.issuer ?? found?.issuer ?? '';
  const server = await readServer(issuer, fetches.toIssuer);
  requireEndpoints(server, credential);
  return {
    server,
    resource: credential.resource ?? found?.resource ?? holder.settings.url,
    resourceChecksProofs: found?.checksProofs ?? false,
  };
}

async function readServer(issuer: string, fetch: GuardedFetch): Promise<oauth.AuthorizationServer> {
  const expected = URL.parse(issuer);
  if (expected === null || expected.search !== '' || expected.hash !== '')
    throw lied('its issuer is not a URL');
  for (const url of listMetadataUrls(expected)) {
    const response = await fetch(url);
    if (response.status === 404) continue;
    try {
      return await oauth.processDiscoveryResponse(expected, response);
    } catch (cause) {
      throw new AppError('upstream.lied', {
        detail: 'the metadata of its issuer is not valid, or of another',
        cause,
      });
    }
  }
  throw new AppError('upstream.credential_unavailable', { detail: `${expected.host} publishes no metadata` });
}

/** RFC 8414, section 3.1, then OpenID Connect Discovery with the path inserted and appended, as MCP orders them. */
function listMetadataUrls({ origin, pathname }: URL): string[] {
  const path = pathname.replace(/\/$/, '');
  const urls = [
    `${origin}/.well-known/oauth-authorization-server${path}`,
    `${origin}/.well-known/openid-configuration${path}`,
    `${origin}${path}/.well-known/openid-configuration`,
  ];
  return [...new Set(urls)];
}

/** Metadata that sends codes, tokens or people elsewhere is how one issuer passes for another. */
function requireEndpoints(server: oauth.AuthorizationServer, credential: OAuthCredential): void {
  const issuer = new URL(server.issuer);
  const hosts = new Set([issuer.host, ...(credential.endpointHosts ?? [])]);
  for (const name of usedEndpoints) {
    const text = server[name];
    if (text === undefined) continue;
    const url = requireUpstreamUrl(text, credential.allowPrivate === true);
    if (issuer.protocol === 'https:' && url.protocol !== 'https:') throw lied(`its ${name} is in clear text`);
    if (!hosts.has(url.host)) {
      throw lied(`its ${name} is at ${url.host.slice(0, 253)}, which endpointHosts does not name`);
    }
  }
}

interface FoundResource {
  readonly issuer: string;
  readonly resource: string;
  readonly checksProofs: boolean;
}

async function findResource({ settings }: Holder, fetch: GuardedFetch): Promise<FoundResource> {
  const upstream = requireUpstreamUrl(settings.url ?? '', settings.allowPrivate === true);
  const named = await askForMetadata(upstream, fetch);
  const path = upstream.pathname.replace(/\/$/, '');
  const wellKnown = `${upstream.origin}/.well-known/oauth-protected-resource`;
  const urls = named === undefined ? [...new Set([`${wellKnown}${path}`, wellKnown])] : [named];
  for (const url of urls) {
    const response = await fetch(url);
    if (response.status === 200) return readResource(upstream, await readJson(response));
  }
  throw new AppError('upstream.credential_unavailable', {
    detail: 'the upstream names no authorization server; name its issuer in the settings',
  });
}

/** The address in the `WWW-Authenticate` header of a refused call (RFC 9728, section 5.1), if it is the upstream's own. */
async function askForMetadata(upstream: URL, fetch: GuardedFetch): Promise<string | undefined> {
  let response: Response;
  try {
    response = await fetch(upstream.href, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': modernRevision,
        'mcp-method': 'server/discover',
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 'countersign', method: 'server/discover', params: {} }),
    });
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'upstream.credential_unavailable') return undefined;
    throw thrown;
  }
  const challenge = response.status === 401 ? (response.headers.get('www-authenticate') ?? '') : '';
  const named = /\bresource_metadata="([^"\\]{1,2048})"/.exec(challenge)?.[1];
  if (named === undefined) return undefined;
  if (URL.parse(named)?.origin !== upstream.origin) throw lied('its metadata is at another place');
  return named;
}

function readResource(upstream: URL, metadata: unknown): FoundResource {
  if (!isJsonObject(metadata)) throw lied('its resource metadata is not an object');
  const { resource, authorization_servers: servers } = metadata;
  const named = typeof resource === 'string' ? URL.parse(resource) : null;
  // RFC 9728, section 3.3: metadata of another resource must not be used.
  if (typeof resource !== 'string' || named === null || !covers(named, upstream))
    throw lied('its resource metadata is of another resource');
  const [issuer] = Array.isArray(servers) ? servers : [];
  if (typeof issuer !== 'string') throw lied('its resource metadata names no authorization server');
  const { dpop_signing_alg_values_supported: algorithms, dpop_bound_access_tokens_required: required } =
    metadata;
  return {
    issuer,
    resource,
    checksProofs: required === true || (Array.isArray(algorithms) && algorithms.includes('ES256')),
  };
}

/** An MCP server may describe itself as its whole origin or as a folder above its endpoint. */
function covers(resource: URL, upstream: URL): boolean {
  const folder = resource.pathname.endsWith('/') ? resource.pathname : `${resource.pathname}/`;
  return resource.origin === upstream.origin && `${upstream.pathname}/`.startsWith(folder);
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch (cause) {
    throw new AppError('upstream.lied', { detail: 'its resource metadata is not JSON', cause });
  }
}
