import type { IncomingMessage } from 'node:http';
import { AppError } from '@countersign/api';
import type { EnforcementPoint } from '../../../tokens/index.ts';
import { listHeaderValues } from '../../mcp/index.ts';

/** How a proxy tells of the request it holds. Which one it is stands in the path, never in what the request says. */
export const proxyKinds = ['nginx', 'traefik', 'envoy'] as const;
export type ProxyKind = (typeof proxyKinds)[number];

/** The request that a proxy holds, as the proxy tells of it. */
export interface Original {
  readonly method: string;
  /** Scheme and host, in lower case. */
  readonly origin: string;
  /** Path and query as they were sent. */
  readonly target: string;
}

const methodForm = /^[A-Z]{1,16}$/;
const hostForm = /^[a-z0-9.-]{1,253}(?::\d{1,5})?$/;
const targetForm = /^\/[\x21-\x7e]{0,8191}$/;

/** `below` is the rest of the path at this door, which is the original one with Envoy. Throws `action.malformed`. */
export function readOriginal(kind: ProxyKind, request: IncomingMessage, below: string): Original {
  const header = (name: string) => readOne(request, name);
  switch (kind) {
    case 'nginx': {
      const [, scheme = '', host = '', target = ''] =
        /^(https?):\/\/([^/?#]+)(\/.*)$/.exec(header('x-original-url')) ?? [];
      return check(header('x-original-method'), scheme, host, target);
    }
    case 'traefik':
      return check(
        header('x-forwarded-method'),
        header('x-forwarded-proto'),
        header('x-forwarded-host'),
        header('x-forwarded-uri'),
      );
    case 'envoy':
      return check(request.method ?? '', header('x-forwarded-proto'), header('host'), below);
  }
}

/** A proxy overwrites what a client says; two values mean that one of them is the client's. */
function readOne(request: IncomingMessage, name: string): string {
  const [value, ...others] = listHeaderValues(request.rawHeaders, name);
  if (value === undefined || others.length > 0) throw malformed(name);
  return value;
}

function check(method: string, scheme: string, host: string, target: string): Original {
  const lower = host.toLowerCase();
  if (!methodForm.test(method)) throw malformed('method');
  if (scheme !== 'http' && scheme !== 'https') throw malformed('scheme');
  if (!hostForm.test(lower)) throw malformed('host');
  if (!targetForm.test(target) || target.includes('#')) throw malformed('target');
  return { method, origin: `${scheme}://${lower}`, target };
}

export interface Routed {
  readonly upstream: string;
  /** What is below the route: path and query. */
  readonly below: string;
  /** The whole URL without its query: what a proof of possession names (RFC 9449 §4.2). */
  readonly url: string;
}

/** The most specific route of the enforcement point that the request is below. Throws `token.proxy_unknown`. */
export function findRoute({ routes }: EnforcementPoint, { origin, target }: Original): Routed {
  const [path = '', ...query] = target.split('?');
  const fitting = routes
    .map((route) => ({ ...route, base: new URL(route.url) }))
    .filter(({ base }) => base.origin === origin)
    .map(({ upstream, base }) => ({ upstream, prefix: base.pathname.replace(/\/$/, '') }))
    .filter(({ prefix }) => path === prefix || path.startsWith(`${prefix}/`))
    .sort((a, b) => b.prefix.length - a.prefix.length);
  const [best] = fitting;
  if (best === undefined) throw new AppError('token.proxy_unknown');
  const rest = [path.slice(best.prefix.length) || '/', ...query].join('?');
  return { upstream: best.upstream, below: rest, url: `${origin}${path}` };
}

function malformed(detail: string): AppError {
  return new AppError('action.malformed', { detail });
}
