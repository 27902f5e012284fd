import { canonicalJson } from '../actions/canonical-json.ts';

/** A duty to approve that one person hands to another for a time. */
export interface GivenDuty {
  readonly duty: string;
  readonly giver: string;
  readonly holder: string;
  /** Roles and groups it is limited to; null for all that the giver may decide. */
  readonly names: readonly string[] | null;
  /** Epoch milliseconds. */
  readonly from: number;
  readonly until: number;
}

// Keeps what a person hands over apart from what a person lets happen.
const DUTY_TYPE = 'countersign/duty/v1';

/** The RFC 8785 text whose SHA-256 the giver's passkey signs. */
export function canonicalDuty({ duty, giver, holder, names, from, until }: GivenDuty): string {
  return canonicalJson({ duty, from, giver, holder, names, type: DUTY_TYPE, until });
}
