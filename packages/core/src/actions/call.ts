import { arrangeRequirement, type Requirement } from '../approvals/requirement.ts';
import { canonicalJson } from './canonical-json.ts';
import type { JsonValue } from './json-value.ts';

/** Who wants to do exactly what. `target` is the upstream's id. */
export interface Call {
  readonly agent: string;
  readonly task: string;
  readonly target: string;
  readonly tool: string;
  readonly arguments: JsonValue;
}

/** What a person signs, once: the call, and everything under which it was shown to them. */
export interface CallForApproval extends Call {
  /** RFC 7638 thumbprint of the agent's key. */
  readonly key: string;
  /** The agents of the chain, the one nearest the person first, the acting one last. */
  readonly agents: readonly string[];
  /** Ids of the delegations, the person's first. */
  readonly chain: readonly string[];
  readonly requirement: Requirement;
  readonly policyVersion: string;
  readonly outcome: 'allow';
  readonly nonce: string;
  /** SHA-256 of the canonical form of what is shown beside the call itself: sentence, unusual facts, chain, consequence. */
  readonly shown?: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

// The types keep the digests apart: no call can be read as an approval, nor the other way round.
const CALL_TYPE = 'countersign/call/v1';
const APPROVAL_TYPE = 'countersign/approval/v1';

/** The RFC 8785 text whose SHA-256 is the callDigest: the same call always gives the same text. */
export function canonicalCall(call: Call): string {
  return canonicalJson({
    agent: call.agent,
    arguments: call.arguments,
    target: call.target,
    task: call.task,
    tool: call.tool,
    type: CALL_TYPE,
  });
}

/** The RFC 8785 text whose SHA-256 is the actionDigest, the challenge that a passkey signs. */
export function canonicalApproval(call: CallForApproval): string {
  return canonicalJson({
    agent: call.agent,
    agents: call.agents,
    arguments: call.arguments,
    chain: call.chain,
    expiresAt: call.expiresAt,
    key: call.key,
    nonce: call.nonce,
    outcome: call.outcome,
    policyVersion: call.policyVersion,
    requirement: { ...arrangeRequirement(call.requirement) },
    ...(call.shown === undefined ? {} : { shown: call.shown }),
    target: call.target,
    task: call.task,
    tool: call.tool,
    type: APPROVAL_TYPE,
  });
}
