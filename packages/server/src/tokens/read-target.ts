import { AppError } from '@countersign/api';
import { isId, isJsonObject, parseStrictJson } from '@countersign/core';
import { controlResource, readUpstreamResource } from './resource-urls.ts';
import type { TokenParameters } from './token-parameters.ts';

/** What a token is wanted for, well-formed but not authorised. */
export type TokenTarget =
  | { readonly kind: 'control' }
  /** `task` null: the client cannot name one and gets its default. `upstreams` has 1 to 8 distinct names. */
  | { readonly kind: 'task'; readonly task: string | null; readonly upstreams: readonly string[] }
  /** A peer agent itself, to be called without the gateway between. */
  | {
      readonly kind: 'direct';
      readonly task: string;
      readonly upstream: string;
      readonly resource: string;
      /** The skill of its card; null leaves the choice to the peer. */
      readonly skill: string | null;
    };

const maxResources = 8;
const members: ReadonlySet<string> = new Set(['type', 'task', 'skill']);
const skillId = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/;

/**
 * Reads `resource` and `authorization_details` (RFC 8707 §2.2, RFC 9396 §6.1). Throws `token.target_invalid`,
 * `token.details_invalid`.
 */
export function readTarget(
  parameters: TokenParameters,
  issuer: string,
  findDirect: (resource: string) => string | undefined,
): TokenTarget {
  const resources = parameters.all('resource');
  const details = parameters.take('authorization_details');
  if (resources.length > maxResources)
    throw new AppError('token.target_invalid', { detail: 'too many resources' });
  const { task, skill } = details === undefined ? { task: null, skill: null } : readDetails(details);
  if (task === null && resources.every((resource) => resource === controlResource(issuer)))
    return { kind: 'control' };
  const [resource = '', ...others] = resources;
  const upstream = findDirect(resource);
  // For the peer and for nobody else: what it shows elsewhere is worth nothing there.
  if (upstream !== undefined && task !== null && others.length === 0)
    return { kind: 'direct', task, upstream, resource, skill };
  if (skill !== null) throw new AppError('token.details_invalid', { detail: 'skill' });
  return { kind: 'task', task, upstreams: readUpstreams(resources, issuer) };
}

/** The upstreams that the resources stand for: at least one. Throws `token.target_invalid`. */
export function readUpstreams(resources: readonly string[], issuer: string): readonly string[] {
  const upstreams = new Set<string>();
  for (const resource of resources) {
    const upstream = readUpstreamResource(issuer, resource);
    if (upstream === undefined) throw new AppError('token.target_invalid');
    upstreams.add(upstream);
  }
  if (upstreams.size === 0) {
    throw new AppError('token.target_invalid', { detail: 'name the resource the token is for' });
  }
  return [...upstreams];
}

/** Exactly one `agent_task` with its task, and for a peer the skill: an unknown type or field is refused (RFC 9396 §5). */
function readDetails(text: string): { readonly task: string; readonly skill: string | null } {
  const parsed = parseStrictJson(text, { bytes: 2048, depth: 4, keys: 8 });
  const list = parsed.ok && Array.isArray(parsed.value) ? parsed.value : [];
  const [details, ...others] = list;
  if (!isJsonObject(details) || others.length > 0) {
    throw new AppError('token.details_invalid', { detail: 'exactly one object is needed' });
  }
  const unknown = Object.keys(details).some((member) => !members.has(member));
  if (unknown || details.type !== 'agent_task') {
    throw new AppError('token.details_invalid', { detail: 'unknown type or field' });
  }
  if (!isId('tsk', details.task)) throw new AppError('token.details_invalid', { detail: 'task' });
  const { task, skill = null } = details;
  if (skill !== null && !(typeof skill === 'string' && skillId.test(skill)))
    throw new AppError('token.details_invalid', { detail: 'skill' });
  return { task, skill };
}
