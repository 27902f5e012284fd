import type { GrantedCall, Requirement } from '@countersign/core';
import type { StoredApproval } from '../read-approval.ts';

/** A place in a grant that one call has taken, in memory, until it is used or too late. */
export interface GrantClaim {
  readonly approvalId: string;
  readonly recordIds: readonly string[];
}

export interface GrantUse {
  readonly approvalId: string;
  /** The action that goes out now. */
  readonly actionId: string;
  readonly callDigest: string;
  readonly call: GrantedCall;
  /** What policy asks now, and as how grave it takes the call. */
  readonly asked: AskedNow;
  readonly causes: readonly string[];
}

export interface AskedNow {
  readonly requirement: Requirement;
  readonly tier: 0 | 1 | 2 | 3;
}

/** The grants in force, in memory; the store alone decides what is left of one. */
export interface GrantState {
  /**
   * Takes a place in a grant that lets the call through and whose signatures are enough for what policy asks now: calls that
   * come at once never take more places than there are.
   */
  claim(actionId: string, call: GrantedCall, asked: AskedNow): GrantClaim | null;
  /**
   * Uses it, in the transaction that records `action.release`, and returns that record's id. Throws `approval.grant_spent`
   * when it is over or used up, `approval.insufficient` when those who signed no longer may.
   */
  use(use: GrantUse): Promise<string>;
  /** What has just been committed of an approval. */
  put(approval: StoredApproval): void;
  /** Ends those that match and returns how many; durable before it resolves. */
  end(matches: (approval: StoredApproval) => boolean, reason: string): Promise<number>;
  /** False when there is none in force. */
  endOne(approvalId: string, reason: string, by: string): Promise<boolean>;
  /** By now the person may be somebody else. */
  refreshVoter(personId: string): Promise<void>;
}
