import { AppError } from '@countersign/api';
import { isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import { errors, type JWTPayload, jwtVerify } from 'jose';
import { asymmetricAlgorithms } from '../../platform/asymmetric-algorithms.ts';
import { nameEventType } from '../events/event-types.ts';
import { findSubjectPart, parseSubject, type Subject } from '../events/subject.ts';
import type { Transmitter } from './transmitter.ts';

/** RFC 8935 §2.4. */
export type EventFlaw =
  | 'invalid_request'
  | 'invalid_key'
  | 'invalid_issuer'
  | 'invalid_audience'
  | 'authentication_failed'
  | 'access_denied';

/** A security event of a transmitter, verified; what it says is the transmitter's word all the same. */
export interface ReadEvent {
  readonly jti: string;
  /** Epoch milliseconds, as its transmitter says. */
  readonly issuedAt: number;
  /** The last part of its URI, or the whole where it is of nobody known. */
  readonly event: string;
  /** Undefined where it is in no format that is spoken here. */
  readonly subject: Subject | undefined;
  /** Which device, session or the like of the subject it is about; undefined for all of the subject. */
  readonly subjectPart: string | undefined;
  /** Short texts of its payload; nothing else of it is ever looked at. */
  readonly facts: Readonly<Record<string, string>>;
}

export interface EventRules {
  readonly now: number;
  readonly clockSkewSeconds: number;
  readonly maxAgeSeconds: number;
}

const longestSet = 65_536;
const printable = /^[\x21-\x7e]{1,256}$/;
const plainFact = /^[\x20-\x7e]{1,64}$/;
const mostFacts = 32;

/**
 * Verifies hostile text as a SET (RFC 8417) that this transmitter made for this server: its signature by a pinned key, its
 * type, issuer and audience, its age, and that it holds one event. One that could pass for another kind of JWT, with `sub`
 * or `exp`, is refused (SSF 1.0 §4). Throws `signal.event_invalid`.
 */
export async function readEvent(
  transmitter: Transmitter,
  text: string,
  rules: EventRules,
): Promise<ReadEvent> {
  if (text.length > longestSet) throw refuseEvent('invalid_request');
  const claims = await verify(transmitter, text, rules);
  const {
    jti,
    iat,
    sub,
    exp,
    events,
    sub_id: subjectClaim,
  } = claims as JWTPayload & Record<string, JsonValue>;
  if (sub !== undefined || exp !== undefined) throw refuseEvent('invalid_request');
  if (typeof jti !== 'string' || !printable.test(jti)) throw refuseEvent('invalid_request');
  const issuedAt = requireTimely(iat, rules);
  if (!isJsonObject(events)) throw refuseEvent('invalid_request');
  const [[uri, payload] = ['', null], ...others] = Object.entries(events);
  if (others.length > 0 || !printable.test(uri) || !isJsonObject(payload))
    throw refuseEvent('invalid_request');
  if (!isJsonObject(subjectClaim)) throw refuseEvent('invalid_request');
  return {
    ...{ jti, issuedAt },
    event: nameEventType(uri) ?? uri,
    subject: parseSubject(subjectClaim),
    subjectPart: requireSubjectPart(subjectClaim),
    facts: pickFacts(payload),
  };
}

async function verify(transmitter: Transmitter, text: string, rules: EventRules): Promise<JWTPayload> {
  const { issuer, audience } = transmitter.config;
  try {
    const { payload } = await jwtVerify(text.trim(), transmitter.keys, {
      algorithms: asymmetricAlgorithms,
      issuer,
      audience,
      typ: 'secevent+jwt',
      clockTolerance: rules.clockSkewSeconds,
      currentDate: new Date(rules.now),
    });
    return payload;
  } catch (thrown) {
    throw toRefusal(thrown);
  }
}

function toRefusal(thrown: unknown): unknown {
  if (thrown instanceof AppError) return new AppError('signal.keys_unavailable', { cause: thrown });
  if (thrown instanceof errors.JWTClaimValidationFailed) {
    if (thrown.claim === 'iss') return refuseEvent('invalid_issuer');
    if (thrown.claim === 'aud') return refuseEvent('invalid_audience');
    return refuseEvent('invalid_request');
  }
  const ofKey = [errors.JWSSignatureVerificationFailed, errors.JOSEAlgNotAllowed, errors.JWKSNoMatchingKey];
  if (ofKey.some((kind) => thrown instanceof kind) || thrown instanceof errors.JWKSMultipleMatchingKeys)
    return refuseEvent('invalid_key');
  if (thrown instanceof errors.JOSEError || thrown instanceof TypeError)
    return refuseEvent('invalid_request');
  return thrown;
}

function requireTimely(iat: unknown, { now, clockSkewSeconds, maxAgeSeconds }: EventRules): number {
  const seconds = now / 1000;
  const isTimely =
    typeof iat === 'number' && iat <= seconds + clockSkewSeconds && iat >= seconds - maxAgeSeconds;
  if (!isTimely) throw refuseEvent('invalid_request');
  return Math.floor(iat * 1000);
}

/** What has no canonical form, or is nested deeper than anything meant in earnest, is refused. */
function requireSubjectPart(subjectClaim: JsonObject): string | undefined {
  try {
    return findSubjectPart(subjectClaim);
  } catch {
    throw refuseEvent('invalid_request');
  }
}

function pickFacts(payload: JsonObject): Readonly<Record<string, string>> {
  const facts = Object.entries(payload)
    .slice(0, mostFacts)
    .filter(
      ([name, value]) => /^[a-z_]{1,64}$/.test(name) && typeof value === 'string' && plainFact.test(value),
    );
  return Object.fromEntries(facts) as Record<string, string>;
}

export function refuseEvent(err: EventFlaw): AppError {
  return new AppError('signal.event_invalid', { detail: err, data: { err } });
}
