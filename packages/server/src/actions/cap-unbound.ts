// Guarantees: what a token that anyone could present may do is little, or a person has agreed to exactly that.
import type { Requirement } from '@countersign/core';
import type { Config } from '../config/index.ts';
import { type DecisionRequest, exceedsUnbound } from '../policies/index.ts';
import type { Ruling } from './stages.ts';

/** The person it acts for knows best whether it was them; whoever approves for the house may, too. */
const requirement: Requirement = {
  approvers: ['owner', 'requester', 'role:approver'],
  excluded: [],
  quorum: 1,
  method: 'passkey',
  withinSeconds: 600,
  notify: ['requester'],
};

/** Why an allowed call has to be approved all the same. */
export interface UnboundReason {
  readonly code: 'token_unbound';
  /** The effects that ask for it. */
  readonly detail: string;
}

/**
 * An allow becomes a step-up when the token proves no possession and the call does more than read: whoever stole the
 * token gets no further than asking. A step-up of the policies stands as it is, and so does a deny.
 */
export function capUnbound(
  config: Pick<Config, 'tokens'>,
  request: Pick<DecisionRequest, 'binding' | 'effects'>,
  ruling: Ruling,
): Ruling {
  const beyond = exceedsUnbound(config, request);
  if (ruling.effect !== 'allow' || beyond.length === 0) return ruling;
  const reason: UnboundReason = { code: 'token_unbound', detail: beyond.join(', ') };
  return { ...ruling, effect: 'step_up', by: 'binding', reasons: [...ruling.reasons, reason], requirement };
}
