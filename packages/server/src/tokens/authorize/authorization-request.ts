import { AppError } from '@countersign/api';
import { isJsonObject, parseStrictJson } from '@countersign/core';
import { z } from 'zod';
import { plainLine } from '../../wire/plain-text.ts';
import { readUpstreams } from '../read-target.ts';
import { upstreamResource } from '../resource-urls.ts';
import type { TokenParameters } from '../token-parameters.ts';

/** What a client asks of a person, well-formed, for a redirect URI that is the client's own. JSON, for it is kept. */
export interface AuthorizationRequest {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly state: string | null;
  /** RFC 7636, always S256. */
  readonly codeChallenge: string;
  /** RFC 8707: MCP endpoints of this server, by upstream. */
  readonly upstreams: readonly string[];
  readonly prompt: 'none' | 'ask' | null;
  /** RFC 9449 §10: thumbprint of the key that alone may redeem the code. */
  readonly dpopJkt: string | null;
  readonly wish: Wish;
}

/** RFC 9396: what the client would like; the person starts from it and decides. */
export interface Wish {
  readonly purpose: string | null;
  /** Action patterns; null asks for nothing in particular. */
  readonly actions: readonly string[] | null;
  readonly calls: number | null;
  readonly spendMinor: number | null;
  readonly currency: string | null;
  /** Epoch milliseconds. */
  readonly expiresAt: number | null;
}

const longestState = 2048;
const noWish: Wish = {
  ...{ purpose: null, actions: null, calls: null },
  ...{ spendMinor: null, currency: null, expiresAt: null },
};
const knownPrompts = new Set(['none', 'login', 'consent', 'select_account', 'create']);

/**
 * Reads hostile parameters of the authorization endpoint or of a pushed request. The redirect URI has been checked, so
 * what is thrown here may travel there: `token.request_invalid`, `token.response_type_unsupported`,
 * `token.target_invalid`, `token.details_invalid`.
 */
export function readAuthorizationRequest(
  parameters: TokenParameters,
  given: { readonly clientId: string; readonly redirectUri: string; readonly issuer: string },
): AuthorizationRequest {
  const { clientId, redirectUri, issuer } = given;
  const responseType = parameters.require('response_type');
  if (responseType !== 'code') throw new AppError('token.response_type_unsupported');
  if ((parameters.take('response_mode') ?? 'query') !== 'query') throw refuse('response_mode');
  if (parameters.take('request') !== undefined) throw refuse('request objects are not supported');
  const codeChallenge = parameters.require('code_challenge');
  // Without a word the method would be plain, which protects nothing (RFC 9700 §2.1.1).
  if (parameters.take('code_challenge_method') !== 'S256') throw refuse('code_challenge_method must be S256');
  if (!/^[A-Za-z0-9_-]{43}$/.test(codeChallenge)) throw refuse('code_challenge');
  const dpopJkt = parameters.take('dpop_jkt') ?? null;
  if (dpopJkt !== null && !/^[A-Za-z0-9_-]{43}$/.test(dpopJkt)) throw refuse('dpop_jkt');
  // Known to mean nothing here, and read so that it is bounded and not repeated.
  for (const name of ['scope', 'nonce', 'login_hint', 'ui_locales', 'max_age']) {
    if ((parameters.take(name)?.length ?? 0) > 1024) throw refuse(name);
  }
  const resources = parameters.all('resource');
  if (resources.length > 8) throw new AppError('token.target_invalid', { detail: 'too many resources' });
  return {
    clientId,
    redirectUri,
    state: readState(parameters),
    codeChallenge,
    upstreams: readUpstreams(resources, issuer).toSorted(),
    prompt: readPrompt(parameters.take('prompt')),
    dpopJkt,
    wish: readWish(parameters.take('authorization_details')),
  };
}

/** RFC 6749 §4.1.1; also of a request that is otherwise refused. Throws `token.request_invalid`. */
export function readState(parameters: TokenParameters): string | null {
  const state = parameters.take('state') ?? null;
  if (state !== null && (state.length > longestState || !/^[\x20-\x7e]*$/.test(state))) throw refuse('state');
  return state;
}

export function listResources(issuer: string, upstreams: readonly string[]): readonly string[] {
  return upstreams.map((name) => upstreamResource(issuer, name));
}

function readPrompt(given: string | undefined): AuthorizationRequest['prompt'] {
  if (given === undefined) return null;
  const prompts = given.split(' ');
  if (prompts.length > 4 || prompts.some((one) => !knownPrompts.has(one))) throw refuse('prompt');
  if (!prompts.includes('none')) return 'ask';
  if (prompts.length > 1) throw refuse('prompt');
  return 'none';
}

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const detailsSchema = z.strictObject({
  type: z.literal('agent_delegation'),
  purpose: plainLine(200).optional(),
  limits: z
    .strictObject({
      actions: z.array(z.string().min(1).max(512)).max(256),
      calls: count.nullable(),
      spendMinor: count.nullable(),
      currency: z
        .string()
        .regex(/^[A-Z]{3}$/)
        .nullable(),
      expiresAt: count,
    })
    .partial()
    .optional(),
});

/** RFC 9396 §5: an unknown type or field is refused. */
function readWish(text: string | undefined): Wish {
  if (text === undefined) return noWish;
  const parsed = parseStrictJson(text, { bytes: 8192, depth: 6, keys: 64 });
  const list = parsed.ok && Array.isArray(parsed.value) ? parsed.value : [];
  const checked = detailsSchema.safeParse(list.length === 1 && isJsonObject(list[0]) ? list[0] : undefined);
  if (!checked.success) throw new AppError('token.details_invalid', { detail: 'one agent_delegation' });
  const { purpose = null, limits } = checked.data;
  return {
    purpose,
    actions: limits?.actions ?? null,
    calls: limits?.calls ?? null,
    spendMinor: limits?.spendMinor ?? null,
    currency: limits?.currency ?? null,
    expiresAt: limits?.expiresAt ?? null,
  };
}

function refuse(detail: string): AppError {
  return new AppError('token.request_invalid', { detail });
}
