import { isUtf8 } from 'node:buffer';
import { AppError } from '@countersign/api';
import { isId, isJsonObject, parseStrictJson } from '@countersign/core';
import { controlResource, readUpstreamResource } from './resource-urls.ts';

/** What a client asked the token endpoint for, well-formed but not authorised. */
export interface TokenRequest {
  readonly clientId: string | undefined;
  readonly clientAssertion: string;
  readonly target:
    | { readonly kind: 'control' }
    /** `task` null: the client cannot name one and gets its default. `upstreams` has 1 to 8 distinct names. */
    | { readonly kind: 'task'; readonly task: string | null; readonly upstreams: readonly string[] };
}

export const maxBodyBytes = 16_384;
const maxParameters = 32;
const maxResources = 8;
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/**
 * Reads a hostile `application/x-www-form-urlencoded` body (RFC 6749 §4.4.2, RFC 7523 §2.2, RFC 8707 §2.2, RFC 9396 §6.1).
 * Throws `token.request_invalid`, `token.grant_unsupported`, `token.client_assertion_invalid`, `token.target_invalid`,
 * `token.details_invalid`, `token.scope_invalid`.
 */
export function parseTokenRequest(body: Uint8Array, issuer: string): TokenRequest {
  const parameters = readParameters(body);
  const take = (name: string): string | undefined => {
    const [value, ...repeated] = parameters.get(name) ?? [];
    if (repeated.length > 0) throw new AppError('token.request_invalid', { detail: `${name} is repeated` });
    return value;
  };

  const grantType = take('grant_type');
  if (grantType === undefined)
    throw new AppError('token.request_invalid', { detail: 'grant_type is missing' });
  if (grantType !== 'client_credentials') throw new AppError('token.grant_unsupported');
  if (take('client_secret') !== undefined) {
    throw new AppError('token.client_assertion_invalid', { detail: 'only private_key_jwt is accepted' });
  }
  const clientAssertion = take('client_assertion');
  if (take('client_assertion_type') !== assertionType || clientAssertion === undefined) {
    throw new AppError('token.client_assertion_invalid', {
      detail: 'client_assertion or its type is missing',
    });
  }
  const target = readTarget(parameters.get('resource') ?? [], take('authorization_details'), issuer);
  const scope = take('scope');
  if (scope !== undefined && !(target.kind === 'control' && scope === 'tasks'))
    throw new AppError('token.scope_invalid');
  return { clientId: take('client_id'), clientAssertion, target };
}

/** Parameters without a value count as absent (RFC 6749 §3.2). */
function readParameters(body: Uint8Array): Map<string, string[]> {
  if (body.length > maxBodyBytes || !isUtf8(body))
    throw new AppError('token.request_invalid', { detail: 'body' });
  const parameters = new Map<string, string[]>();
  let count = 0;
  for (const [name, value] of new URLSearchParams(Buffer.from(body).toString('utf8'))) {
    if (++count > maxParameters)
      throw new AppError('token.request_invalid', { detail: 'too many parameters' });
    if (value === '') continue;
    const values = parameters.get(name);
    if (values) values.push(value);
    else parameters.set(name, [value]);
  }
  return parameters;
}

function readTarget(
  resources: readonly string[],
  details: string | undefined,
  issuer: string,
): TokenRequest['target'] {
  if (resources.length > maxResources)
    throw new AppError('token.target_invalid', { detail: 'too many resources' });
  const task = details === undefined ? null : readTask(details);
  if (task === null && resources.every((resource) => resource === controlResource(issuer)))
    return { kind: 'control' };
  const upstreams = new Set<string>();
  for (const resource of resources) {
    const upstream = readUpstreamResource(issuer, resource);
    if (upstream === undefined) throw new AppError('token.target_invalid');
    upstreams.add(upstream);
  }
  if (upstreams.size === 0) {
    throw new AppError('token.target_invalid', { detail: 'name the resource the token is for' });
  }
  return { kind: 'task', task, upstreams: [...upstreams] };
}

/** Exactly one `agent_task` with nothing but its task: an unknown type or field is refused (RFC 9396 §5). */
function readTask(text: string): string {
  const parsed = parseStrictJson(text, { bytes: 2048, depth: 4, keys: 8 });
  const list = parsed.ok && Array.isArray(parsed.value) ? parsed.value : [];
  const [details, ...others] = list;
  if (!isJsonObject(details) || others.length > 0) {
    throw new AppError('token.details_invalid', { detail: 'exactly one object is needed' });
  }
  const unknown = Object.keys(details).some((member) => member !== 'type' && member !== 'task');
  if (unknown || details.type !== 'agent_task') {
    throw new AppError('token.details_invalid', { detail: 'unknown type or field' });
  }
  if (!isId('tsk', details.task)) throw new AppError('token.details_invalid', { detail: 'task' });
  return details.task;
}
