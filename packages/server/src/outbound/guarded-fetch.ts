import { AppError } from '@countersign/api';
import { Agent, request } from 'undici';
import { requireUpstreamUrl } from './address-guard.ts';
import { createGuardedConnector, type Lookup } from './guarded-connector.ts';

export interface FetchOptions {
  readonly method?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | URLSearchParams | undefined;
}

/** One request to an issuer, hostile until proven otherwise, and its whole answer. */
export interface GuardedFetch {
  (url: string, options?: FetchOptions): Promise<Response>;
  close(): Promise<void>;
}

export interface GuardedFetchParts {
  readonly allowPrivate: boolean;
  /** For a request and its whole answer; 10 s when absent. */
  readonly timeoutMilliseconds?: number;
  readonly lookup?: Lookup;
}

const wholeMilliseconds = 10_000;
const connectMilliseconds = 5_000;
const mostBytes = 262_144;
const headerBytes = 16_384;
const bodiless = new Set([204, 205, 304]);

/**
 * Under the same address guard as calls of upstreams; no redirects, 256 KB and 10 s for everything, no cookies, no
 * retries. Throws `upstream.address_refused`, `upstream.redirect_refused` or `upstream.credential_unavailable`.
 */
export function createGuardedFetch(parts: GuardedFetchParts): GuardedFetch {
  const agent = new Agent({
    maxHeaderSize: headerBytes,
    maxResponseSize: mostBytes,
    connections: 16,
    connect: createGuardedConnector({ ...parts, timeoutMilliseconds: connectMilliseconds }),
  });
  const run = async (url: string, options: FetchOptions = {}): Promise<Response> => {
    const target = requireUpstreamUrl(url, parts.allowPrivate);
    const { method = 'GET', headers = {}, body } = options;
    const {
      statusCode,
      headers: received,
      body: stream,
    } = await request(target, {
      dispatcher: agent,
      method,
      headers: { accept: 'application/json', 'user-agent': 'countersign', ...headers },
      ...(body === undefined ? {} : { body: String(body) }),
      signal: AbortSignal.timeout(parts.timeoutMilliseconds ?? wholeMilliseconds),
    });
    if (statusCode >= 300 && statusCode < 400) {
      // Whoever listens or not: an abandoned body ends with an error of its own.
      stream.on('error', () => {}).destroy();
      throw new AppError('upstream.redirect_refused', { detail: `${target.host}, status ${statusCode}` });
    }
    const bytes = await stream.arrayBuffer();
    return new Response(bodiless.has(statusCode) ? null : bytes, {
      status: statusCode,
      headers: Object.entries(received).flatMap(([name, value]): [string, string][] =>
        [value ?? []].flat().map((one) => [name, one]),
      ),
    });
  };
  const guarded = async (url: string, options?: FetchOptions): Promise<Response> => {
    try {
      return await run(url, options);
    } catch (thrown) {
      throw explainFailure(thrown, url);
    }
  };
  return Object.assign(guarded, { close: () => agent.destroy() });
}

function explainFailure(thrown: unknown, url: string): AppError {
  if (thrown instanceof AppError) return thrown;
  if (thrown instanceof Error && thrown.cause instanceof AppError) return thrown.cause;
  const host = URL.parse(url)?.host ?? 'the issuer';
  return new AppError('upstream.credential_unavailable', { detail: `${host} did not answer`, cause: thrown });
}
