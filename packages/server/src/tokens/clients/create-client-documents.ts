import { AppError } from '@countersign/api';
import { isJsonObject, type JsonObject, parseStrictJson } from '@countersign/core';
import {
  DocumentUnavailable,
  type FetchDocument,
  type FetchedDocument,
} from '../../outbound/fetch-document.ts';
import type { Platform } from '../../platform/platform.ts';
import { type BoundedCache, createBoundedCache } from '../bounded-cache.ts';
import type { PublicJwk } from '../public-jwk.ts';
import { type ClientMetadata, readClientMetadata, readKeys } from './client-metadata.ts';
import { createFetchAllowance } from './fetch-allowance.ts';

/** What clients publish about themselves on servers of their own, as fresh as those servers ask for. */
export interface ClientDocuments {
  /** Throws `token.client_metadata_invalid`, `server.rate_limited`, `server.overloaded`. */
  readMetadata(clientId: string): Promise<ClientMetadata>;
  readKeys(jwksUri: string): Promise<readonly PublicJwk[]>;
}

interface Held<Value> {
  readonly value: Value;
  /** Epoch milliseconds. */
  readonly until: number;
}

const shortestSeconds = 60;
const defaultSeconds = 300;
const longestSeconds = 86_400;
const staleMilliseconds = 3_600_000;

/**
 * Fetches client ID metadata documents (draft-ietf-oauth-client-id-metadata-document-01 §4): https, public addresses,
 * no redirect, 5 KB, 2 s. Held as long as `Cache-Control` says, within a minute and a day; a failure is never held.
 */
export function createClientDocuments(options: {
  platform: Pick<Platform, 'now'>;
  fetchDocument: FetchDocument;
}): ClientDocuments {
  const { platform, fetchDocument } = options;
  const allowance = createFetchAllowance(platform);
  const metadata = createBoundedCache<Held<ClientMetadata>>(1000);
  const keys = createBoundedCache<Held<readonly PublicJwk[]>>(1000);
  const loads = new Map<string, Promise<unknown>>();

  const load = <Value>(
    cache: BoundedCache<Held<Value>>,
    url: string,
    read: (document: JsonObject) => Value,
    maxBytes: number,
  ): Promise<Value> => {
    const held = cache.get(url);
    if (held !== undefined && platform.now() < held.until) return Promise.resolve(held.value);
    // Each address is read as one kind of document only, or one answer would be taken for the other.
    const name = `${maxBytes} ${url}`;
    const under = loads.get(name);
    if (under !== undefined) return under as Promise<Value>;
    const loading = allowance
      .spend(new URL(url).host, () => fetchDocument({ url, maxBytes, timeoutMilliseconds: 2000 }))
      .catch((thrown: unknown) => {
        throw describeFailure(thrown);
      })
      .then((fetched) => {
        const value = read(parseDocument(fetched));
        cache.set(url, { value, until: platform.now() + readLifetimeSeconds(fetched) * 1000 });
        return value;
      })
      .catch((thrown: unknown) => {
        // Whoever has others ask this host without end must not keep out those who were let in before.
        if (held !== undefined && isOverAllowance(thrown) && platform.now() < held.until + staleMilliseconds)
          return held.value;
        throw thrown;
      })
      .finally(() => loads.delete(name));
    loads.set(name, loading);
    return loading;
  };

  return {
    readMetadata: (clientId) =>
      load(metadata, clientId, (document) => readDocument(clientId, document), 5 * 1024),
    readKeys: (jwksUri) =>
      load(keys, jwksUri, ({ keys: given }) => readKeys(Array.isArray(given) ? given : []), 16 * 1024),
  };
}

/** §4.1: the document names its own address, letter by letter, and holds no shared secret. */
function readDocument(clientId: string, document: JsonObject): ClientMetadata {
  if (document.client_id !== clientId) throw refuse('client_id is not the address of the document');
  if (document.client_secret !== undefined || document.client_secret_expires_at !== undefined) {
    throw refuse('it holds a secret');
  }
  return readClientMetadata(document, { unnamed: new URL(clientId).host });
}

/** Hostile text of a stranger's server. */
function parseDocument({ text, headers }: FetchedDocument): JsonObject {
  const type = String(headers['content-type'] ?? '')
    .split(';')[0]
    ?.trim()
    .toLowerCase();
  if (type === undefined || !/^application\/(?:[a-z0-9.-]+\+)?json$/.test(type)) throw refuse('content type');
  const parsed = parseStrictJson(text, { depth: 8, keys: 256 });
  if (!parsed.ok || !isJsonObject(parsed.value)) throw refuse('not a JSON object');
  return parsed.value;
}

function readLifetimeSeconds({ headers }: FetchedDocument): number {
  const control = String(headers['cache-control'] ?? '').toLowerCase();
  if (/\bno-(store|cache)\b/.test(control)) return shortestSeconds;
  const stated = /\bmax-age=(\d{1,9})\b/.exec(control)?.[1];
  const seconds = stated === undefined ? defaultSeconds : Number(stated);
  return Math.min(Math.max(seconds, shortestSeconds), longestSeconds);
}

function isOverAllowance(thrown: unknown): boolean {
  return thrown instanceof AppError && ['server.rate_limited', 'server.overloaded'].includes(thrown.code);
}

function describeFailure(thrown: unknown): unknown {
  if (thrown instanceof AppError) {
    return thrown.code === 'upstream.address_refused' ? refuse('the address is not permitted') : thrown;
  }
  return refuse(thrown instanceof DocumentUnavailable ? thrown.message : 'the request failed');
}

function refuse(detail: string): AppError {
  return new AppError('token.client_metadata_invalid', { detail });
}
