import { AppError } from '@countersign/api';
import {
  isJsonObject,
  type JsonObject,
  type JsonValue,
  type Limits,
  parseStrictJson,
} from '@countersign/core';
import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose';
import { z } from 'zod';
import { delegationLimitsSchema, requireSoundLimits } from '../../delegations/index.ts';
import { asymmetricAlgorithms } from '../../platform/asymmetric-algorithms.ts';
import type { Organisation } from '../organisation.ts';
import type { OrganisationState } from '../organisation-state.ts';

export const idJagType = 'oauth-id-jag+jwt';

/** Who acted there, as the issuer says. */
export interface Hop {
  readonly iss: string;
  readonly sub: string;
}

/** An ID-JAG whose signature, issuer, audience and times are right; what it says is its organisation's word all the same. */
export interface ReadAssertion {
  readonly organisation: Organisation;
  readonly issuer: string;
  readonly jti: string;
  readonly clientId: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  /** The subject first, then who acted for it, the one that acts now last. */
  readonly hops: readonly Hop[];
  readonly resources: readonly string[];
  /** Null: its chain says nothing of limits. */
  readonly limits: Limits | null;
  /** RFC 7638 thumbprint of the key that it is bound to; null for none. */
  readonly jkt: string | null;
  readonly status: { readonly uri: string; readonly idx: number } | null;
  /** The record of its issue there, as told. */
  readonly toldRecord: string | null;
}

const longestAssertion = 16_384;
const longestLifeSeconds = 300;
const mostHops = 9;
const printable = z.string().regex(/^[\x21-\x7e]{1,512}$/);

const claimsSchema = z.object({
  iss: printable,
  sub: printable,
  aud: z.union([printable, z.tuple([printable])]),
  client_id: printable,
  jti: printable,
  iat: z.number(),
  exp: z.number(),
  resource: z.union([printable, z.array(printable).min(1).max(8)]).optional(),
  cnf: z.strictObject({ jkt: z.string().regex(/^[\w-]{43}$/) }).optional(),
  status: z
    .object({
      status_list: z.object({
        uri: printable,
        idx: z
          .number()
          .int()
          .min(0)
          .max(2 ** 24),
      }),
    })
    .optional(),
  authorization_details: z
    .tuple([z.strictObject({ type: z.literal('agent_limits'), limits: delegationLimitsSchema })])
    .optional(),
  countersign_record: z
    .string()
    .regex(/^rec_[0-9A-Z]{26}$/)
    .optional(),
});

/** Whether hostile text says that it is an ID-JAG; nothing of it is verified. */
export function isIdJag(text: string): boolean {
  try {
    return text.length <= longestAssertion && decodeProtectedHeader(text).typ === idJagType;
  } catch {
    return false;
  }
}

/**
 * Verifies hostile text as an ID-JAG (draft-ietf-oauth-identity-assertion-authz-grant) made for this server: by a key that
 * is pinned for exactly its issuer, never one it names itself, and in its time. Throws `organisation.assertion_invalid`,
 * `organisation.unavailable`, `organisation.cut_off`.
 */
export async function readAssertion(
  state: Pick<OrganisationState, 'findByIssuer' | 'keysOf'>,
  text: string,
  rules: { readonly audience: string; readonly now: number; readonly clockSkewSeconds: number },
): Promise<ReadAssertion> {
  if (text.length > longestAssertion) throw refuse('too long');
  const issuer = readIssuer(text);
  const organisation = issuer === undefined ? undefined : state.findByIssuer(issuer);
  const pinned = organisation?.terms.issuers.find((one) => one.issuer === issuer);
  if (organisation === undefined || pinned === undefined) throw refuse('unknown issuer');
  if (organisation.state !== 'active') throw new AppError('organisation.cut_off');
  let payload: JWTPayload;
  try {
    ({ payload } = await jwtVerify(text, state.keysOf(pinned), {
      algorithms: asymmetricAlgorithms,
      issuer: pinned.issuer,
      audience: rules.audience,
      typ: idJagType,
      clockTolerance: rules.clockSkewSeconds,
      currentDate: new Date(rules.now),
      requiredClaims: ['iss', 'sub', 'aud', 'client_id', 'jti', 'iat', 'exp'],
    }));
  } catch (thrown) {
    if (thrown instanceof errors.JOSEError || thrown instanceof TypeError) throw refuse('signature', thrown);
    throw new AppError('organisation.unavailable', { cause: thrown });
  }
  return readClaims(payload, organisation, rules);
}

function readClaims(
  payload: JWTPayload,
  organisation: Organisation,
  { now, clockSkewSeconds }: { readonly now: number; readonly clockSkewSeconds: number },
): ReadAssertion {
  const parsed = claimsSchema.safeParse(payload);
  if (!parsed.success) throw refuse(`claims: ${parsed.error.issues[0]?.path.join('.')}`);
  const { data } = parsed;
  const { iat, exp, iss } = data;
  if (iat > now / 1000 + clockSkewSeconds || exp - iat > longestLifeSeconds || exp <= iat)
    throw refuse('times');
  const status = data.status?.status_list ?? null;
  if (status !== null && !isSameOrigin(status.uri, iss)) throw refuse('status list of another origin');
  const { resource = [] } = data;
  return {
    organisation,
    issuer: iss,
    jti: data.jti,
    clientId: data.client_id,
    expiresAt: exp * 1000,
    hops: [{ iss, sub: data.sub }, ...readActors(payload.act as JsonValue | undefined, iss)],
    resources: typeof resource === 'string' ? [resource] : resource,
    limits: readLimits(data.authorization_details?.[0].limits, organisation),
    jkt: data.cnf?.jkt ?? null,
    status,
    toldRecord: data.countersign_record ?? null,
  };
}

/**
 * RFC 8693 §4.1, turned round: the one that acts now is outermost. An issuer vouches for its own alone: a hop of another
 * one is somebody's word about somebody else, which nobody here can check.
 */
function readActors(act: JsonValue | undefined, issuer: string): readonly Hop[] {
  const hops: Hop[] = [];
  for (let next = act; next !== undefined; ) {
    if (!isJsonObject(next) || hops.length >= mostHops) throw refuse('act');
    const { iss = issuer, sub, act: before }: JsonObject = next;
    if (iss !== issuer || !printable.safeParse(sub).success) throw refuse('a hop of another issuer');
    hops.unshift({ iss: issuer, sub: String(sub) });
    next = before;
  }
  return hops;
}

function readLimits(
  given: z.output<typeof delegationLimitsSchema> | undefined,
  { terms }: Organisation,
): Limits | null {
  if (given === undefined) return null;
  const limits: Limits = {
    ...given,
    environments: given.environments ?? terms.ceiling.environments,
    // What it does not say of money is nothing.
    spendMinor:
      given.spendMinor === undefined && given.effects.includes('spend') ? 0 : (given.spendMinor ?? null),
    currency: given.currency ?? terms.ceiling.currency,
  };
  try {
    requireSoundLimits(limits);
  } catch (thrown) {
    throw refuse('limits', thrown);
  }
  return limits;
}

/** The issuer it names, to find the pinned keys by; unverified. Keys that it brings along are never looked at. */
function readIssuer(text: string): string | undefined {
  const [header = '', payload = ''] = text.split('.');
  const head = decode(header);
  if (head === undefined || ['jwk', 'jku', 'x5u', 'x5c', 'crit'].some((name) => Object.hasOwn(head, name)))
    throw refuse('header');
  const issuer = decode(payload)?.iss;
  return typeof issuer === 'string' ? issuer : undefined;
}

function decode(segment: string): JsonObject | undefined {
  const text = Buffer.from(segment, 'base64url').toString('utf8');
  const parsed = parseStrictJson(text, { bytes: longestAssertion, depth: 16, keys: 512 });
  return parsed.ok && isJsonObject(parsed.value) ? parsed.value : undefined;
}

function isSameOrigin(uri: string, issuer: string): boolean {
  return URL.canParse(uri) && URL.canParse(issuer) && new URL(uri).origin === new URL(issuer).origin;
}

function refuse(why: string, cause?: unknown): AppError {
  return new AppError('organisation.assertion_invalid', { cause: cause ?? why });
}
