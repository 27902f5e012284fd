import type { Effect } from '../actions/effects.ts';
import type { JsonPrimitive } from '../actions/json-value.ts';

/** How one argument is held. A value of the wrong type fails. */
export type ArgumentRule =
  | { readonly equals: JsonPrimitive }
  | { readonly oneOf: readonly JsonPrimitive[] }
  | { readonly max: number }
  | { readonly min: number }
  | { readonly prefix: string }
  /** An absolute path in or below this absolute directory; spellings that two readers could read differently fail. */
  | { readonly pathWithin: string }
  /** UTF-16 units of a string. */
  | { readonly maxLength: number };

export interface ArgumentConstraint {
  /** The actions to which it applies: an action pattern. */
  readonly action: string;
  /** A JSON pointer (RFC 6901) into the arguments; the token `-` at an array means each of its elements. */
  readonly path: string;
  readonly rule: ArgumentRule;
  /** An absent argument fails unless this is set. */
  readonly optional?: true;
}

/** How far a delegation or task reaches. All fields hold together. */
export interface Limits {
  readonly upstreams: readonly string[] | '*';
  /** Action patterns, any of which may match: `*`, or `<upstream>/<tool>` with at most one `*` in a segment. */
  readonly actions: readonly string[];
  /** Every constraint whose pattern matches the action must hold. */
  readonly arguments: readonly ArgumentConstraint[];
  readonly dataDomains: readonly string[] | '*';
  /** All effects of the tool must be in here. */
  readonly effects: readonly Effect[];
  readonly environments: readonly string[];
  /** Epoch milliseconds; nothing is permitted at or after it. */
  readonly expiresAt: number;
  /** Null: not counted. */
  readonly calls: number | null;
  /** Minor units of `currency` (cents). Null: not counted. */
  readonly spendMinor: number | null;
  /** ISO 4217. Null: any. */
  readonly currency: string | null;
  /** Rows in the results of all calls together. Absent or null: not counted. */
  readonly rows?: number | null;
  /** UTF-8 bytes of the answers to all calls together. Absent or null: not counted. */
  readonly bytes?: number | null;
  /** How many further delegations may follow. */
  readonly depth: number;
}

export type LimitField = keyof Limits;

/** One way in which limits are exceeded. `detail` is for people and names no policy. */
export interface LimitViolation {
  readonly field: LimitField;
  readonly detail: string;
}
