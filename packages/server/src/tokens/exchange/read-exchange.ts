import { AppError } from '@countersign/api';
import { isId, isJsonObject, parseStrictJson } from '@countersign/core';
import { z } from 'zod';
import { taskLimitsSchema } from '../../delegations/index.ts';
import { plainLine } from '../../wire/plain-text.ts';
import { readUpstreams } from '../read-target.ts';
import { upstreamResource } from '../resource-urls.ts';
import type { TokenParameters } from '../token-parameters.ts';

export const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token';

/** A token exchange (RFC 8693 §2.1), well-formed but not authorised. */
export interface ExchangeRequest {
  readonly subjectToken: string;
  readonly actorToken: string | null;
  /** Names of upstreams; null: those of the subject token. */
  readonly upstreams: readonly string[] | null;
  readonly details: ExchangeDetails;
}

const detailsSchema = z.strictObject({
  type: z.literal('agent_task'),
  /** Which of the delegations the subject passed on; the one made in its task, or the newest, when absent. */
  delegation: z
    .string()
    .refine((text) => isId('dlg', text))
    .optional(),
  purpose: plainLine(500).optional(),
  ttlSeconds: z.number().int().min(1).max(3600).optional(),
  /** Which upstreams it reaches is what `resource` says. */
  limits: taskLimitsSchema.omit({ upstreams: true }).default({}),
});

export type ExchangeDetails = z.infer<typeof detailsSchema>;

const maxResources = 8;

/**
 * Throws `token.request_invalid` for what is missing, repeated or of another type than access tokens,
 * `token.scope_invalid`, `token.target_invalid`, `token.details_invalid`.
 */
export function readExchange(parameters: TokenParameters, issuer: string): ExchangeRequest {
  const subjectToken = parameters.require('subject_token');
  requireType(parameters.require('subject_token_type'), 'subject_token_type');
  requireType(parameters.take('requested_token_type') ?? accessTokenType, 'requested_token_type');
  // A task's reach is in its limits; there is no scope to have more or less of.
  if (parameters.take('scope') !== undefined) throw new AppError('token.scope_invalid');
  return {
    subjectToken,
    actorToken: readActorToken(parameters),
    upstreams: readTargets(parameters, issuer),
    details: readDetails(parameters.take('authorization_details')),
  };
}

/** RFC 8693 §2.1: the type comes with the token, and not without it. */
function readActorToken(parameters: TokenParameters): string | null {
  const token = parameters.take('actor_token');
  const type = parameters.take('actor_token_type');
  if (token === undefined && type === undefined) return null;
  if (token === undefined || type === undefined) {
    throw new AppError('token.request_invalid', { detail: 'actor_token and its type come together' });
  }
  requireType(type, 'actor_token_type');
  return token;
}

function requireType(type: string, parameter: string): void {
  if (type !== accessTokenType) {
    throw new AppError('token.request_invalid', { detail: `${parameter}: only access tokens` });
  }
}

/** `resource` is the address of an upstream here, `audience` that or its name (RFC 8693 §2.1). */
function readTargets(parameters: TokenParameters, issuer: string): readonly string[] | null {
  const audiences = parameters
    .all('audience')
    .map((name) => (name.includes('/') ? name : upstreamResource(issuer, name)));
  const targets = [...parameters.all('resource'), ...audiences];
  if (targets.length > maxResources)
    throw new AppError('token.target_invalid', { detail: 'too many resources' });
  return targets.length === 0 ? null : readUpstreams(targets, issuer);
}

/** At most one `agent_task` that says how the new task is narrower; an unknown type or field is refused (RFC 9396 §5). */
function readDetails(text: string | undefined): ExchangeDetails {
  if (text === undefined) return { type: 'agent_task', limits: {} };
  const parsed = parseStrictJson(text, { bytes: 8192, depth: 8, keys: 256 });
  const list = parsed.ok && Array.isArray(parsed.value) ? parsed.value : [];
  const [first, ...others] = list;
  if (!isJsonObject(first) || others.length > 0) {
    throw new AppError('token.details_invalid', { detail: 'exactly one object is needed' });
  }
  const details = detailsSchema.safeParse(first);
  if (details.success) return details.data;
  const at = details.error.issues[0]?.path.map(String).join('.') ?? '';
  throw new AppError('token.details_invalid', {
    detail: at === '' ? 'unknown type or field' : at.slice(0, 100),
  });
}
