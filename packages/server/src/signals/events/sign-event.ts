import { SignJWT } from 'jose';
import type { EventKeys } from './event-keys.ts';
import type { Subject } from './subject.ts';

/** One event on its way to one receiver. */
export interface QueuedEvent {
  readonly jti: string;
  /** The same for all that follows from one thing. */
  readonly txn: string;
  readonly subject: Subject;
  /** URI of its type. */
  readonly event: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** Epoch milliseconds. */
  readonly at: number;
}

/**
 * A Security Event Token (RFC 8417) as SSF 1.0 §4 wants it: typed, one event, its subject beside it, and neither `sub` nor
 * `exp`, so that it passes for no other JWT. The same event is signed with the same claims, however often it is sent.
 */
export async function signEvent(
  keys: EventKeys,
  from: { readonly issuer: string; readonly audience: string },
  { jti, txn, subject, event, payload, at }: QueuedEvent,
): Promise<string> {
  const { kid, privateKey } = await keys.current();
  const iat = Math.floor(at / 1000);
  return new SignJWT({
    ...{ iss: from.issuer, jti, iat, aud: from.audience, txn, sub_id: { ...subject } },
    events: { [event]: payload },
  })
    .setProtectedHeader({ alg: 'RS256', typ: 'secevent+jwt', kid })
    .sign(privateKey);
}
