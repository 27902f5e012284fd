import { everyUpstream } from '../upstreams/index.ts';

/** Where tokens are exchanged; the audience of what is good for that alone. */
export function tokenEndpoint(issuer: string): string {
  return `${issuer}/oauth/token`;
}

/** Where agents open, end and list their own tasks; the audience of control tokens. */
export function controlResource(issuer: string): string {
  return `${issuer}/v1/tasks`;
}

/** Where enforcement points ask for decisions; the audience of their tokens. */
export function decisionResource(issuer: string): string {
  return `${issuer}/access/v1`;
}

/** The MCP endpoint of one upstream, or of all; the audience of task tokens. */
export function upstreamResource(issuer: string, upstream: string): string {
  // A token for one upstream is none for all, and the other way round: each has an audience of its own.
  if (upstream === everyUpstream) return `${issuer}/mcp`;
  return `${issuer}/mcp/${upstream}`;
}

/** The door of an HTTP API; the same upstream, so what is asked for by this name is a token for that. */
export function apiResource(issuer: string, upstream: string): string {
  return `${issuer}/http/${upstream}`;
}

/** The door of a model provider, likewise. */
export function modelResource(issuer: string, upstream: string): string {
  return `${issuer}/models/${upstream}`;
}

/** The door of a peer agent, likewise. */
export function peerResource(issuer: string, upstream: string): string {
  return `${issuer}/a2a/${upstream}`;
}

/** The upstream's name, or undefined when hostile `resource` is not spelled exactly as the functions above do. */
export function readUpstreamResource(issuer: string, resource: string): string | undefined {
  if (resource === `${issuer}/mcp`) return everyUpstream;
  const prefix = [`${issuer}/mcp/`, `${issuer}/http/`, `${issuer}/models/`, `${issuer}/a2a/`].find((one) =>
    resource.startsWith(one),
  );
  if (prefix === undefined) return undefined;
  const name = resource.slice(prefix.length);
  return /^[a-z][a-z0-9-]{0,62}$/.test(name) ? name : undefined;
}

/** RFC 9728 §3.1: the well-known part goes between host and path. */
export function resourceMetadataUrl(resource: string): string {
  const { origin, pathname } = new URL(resource);
  return `${origin}/.well-known/oauth-protected-resource${pathname}`;
}
