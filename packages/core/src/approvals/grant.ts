import type { CallForApproval } from '../actions/call.ts';
import { canonicalJson } from '../actions/canonical-json.ts';
import type { Effect } from '../actions/effects.ts';
import { isJsonObject, type JsonValue } from '../actions/json-value.ts';
import type { ArgumentRoleName, Origin } from '../actions/provenance/index.ts';

/** Where an argument of the call that was shown came from: that of another call may be no worse. */
export interface GrantOrigin {
  readonly pointer: string;
  readonly role: ArgumentRoleName;
  readonly worst: Origin;
  readonly isContested?: true;
}

/** What else one signature lets happen, beside the call that was shown. */
export interface GrantTerms {
  readonly scope: 'task' | 'delegation';
  /** SHA-256, base64url, of the tool's accepted definition. */
  readonly toolDigest: string;
  readonly environment: string;
  readonly effects: readonly Effect[];
  /** RFC 6901 pointers to the only arguments that may be anything, or be left out. Sorted. */
  readonly free: readonly string[];
  /** Numbers above 0 and up to this much; every other argument is exactly the one that was shown. Sorted. */
  readonly atMost: readonly { readonly pointer: string; readonly most: number }[];
  readonly origins: readonly GrantOrigin[];
  /** How many calls in all, the one that was shown included. */
  readonly uses: number;
  /** How much all of them together may spend, that one included; null where the tool spends nothing. */
  readonly total: { readonly minor: number; readonly currency: string } | null;
  /** Epoch milliseconds; votes count until then, however long policy lets them for one call. */
  readonly expiresAt: number;
}

/** Exactly the call that was shown, and how far others may differ from it. */
export interface BoundedGrant extends CallForApproval {
  readonly grant: GrantTerms;
}

/** Keeps the signature under a grant apart from one that lets a single call happen. */
const GRANT_TYPE = 'countersign/grant/v1';
const APPROVAL_TYPE = 'countersign/approval/v1';

export const MOST_GRANT_USES = 50;
export const LONGEST_GRANT_MS = 8 * 60 * 60 * 1000;

/**
 * The RFC 8785 text whose SHA-256 a passkey signs for a grant: all that an approval says (`canonicalApproval`), whatever that
 * is, and the terms. Throws `TypeError` for any other text.
 */
export function canonicalGrant(approval: string, terms: GrantTerms): string {
  const { scope, toolDigest, environment, effects, free, atMost, origins, uses, total, expiresAt } = terms;
  const asked = readText(approval, APPROVAL_TYPE);
  return canonicalJson({
    ...asked,
    grant: {
      ...{ scope, toolDigest, environment, effects, free, uses, expiresAt },
      atMost: atMost.map(({ pointer, most }) => ({ pointer, most })),
      origins: origins.map(({ pointer, role, worst, isContested }) => ({
        ...{ pointer, role, worst },
        ...(isContested === undefined ? {} : { isContested }),
      })),
      total: total === null ? null : { minor: total.minor, currency: total.currency },
    },
    type: GRANT_TYPE,
  });
}

/** The text of the approval that a grant was made of: what to sign for the one call alone. */
export function withoutGrant(text: string): string {
  if (readGrant(text) === undefined) return text;
  const { grant, ...asked } = readText(text, GRANT_TYPE);
  return canonicalJson({ ...asked, type: APPROVAL_TYPE });
}

/** The grant of a kept text; undefined when it is the text of something else. */
export function readGrant(text: string): BoundedGrant | undefined {
  const value = JSON.parse(text) as JsonValue;
  if (!isJsonObject(value) || value.type !== GRANT_TYPE) return undefined;
  return value as unknown as BoundedGrant;
}

function readText(text: string, type: string): Readonly<Record<string, JsonValue>> {
  const value = JSON.parse(text) as JsonValue;
  if (!isJsonObject(value) || value.type !== type) throw new TypeError(`not a text of type ${type}`);
  return value;
}
