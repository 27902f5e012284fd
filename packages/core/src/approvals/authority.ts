import { canonicalJson } from '../actions/canonical-json.ts';
import type { Limits } from '../delegations/limits.ts';

/** The authority that an agent asks a person for, and under which circumstances it was shown to them. */
export interface AskedAuthority {
  readonly agent: string;
  /** Whose authority it is, and who alone can give it. */
  readonly person: string;
  /** What proves possession of the token that comes of it. */
  readonly key: string;
  readonly purpose: string;
  readonly limits: Limits;
  readonly policyVersion: string;
  readonly nonce: string;
  /** Epoch milliseconds until which it can be given; not when the authority ends. */
  readonly expiresAt: number;
}

// Keeps what a person gives apart from what a person lets happen once.
const AUTHORITY_TYPE = 'countersign/authority/v1';

/** The RFC 8785 text whose SHA-256 a passkey signs when a person delegates to the agent that asks. */
export function canonicalAuthority(asked: AskedAuthority): string {
  const { limits } = asked;
  return canonicalJson({
    agent: asked.agent,
    expiresAt: asked.expiresAt,
    key: asked.key,
    limits: {
      actions: limits.actions,
      arguments: limits.arguments.map(({ action, path, rule, optional }) => ({
        action,
        path,
        rule: { ...rule },
        ...(optional === undefined ? {} : { optional }),
      })),
      ...(limits.bytes === undefined ? {} : { bytes: limits.bytes }),
      calls: limits.calls,
      currency: limits.currency,
      dataDomains: limits.dataDomains,
      depth: limits.depth,
      effects: limits.effects,
      environments: limits.environments,
      expiresAt: limits.expiresAt,
      ...(limits.rows === undefined ? {} : { rows: limits.rows }),
      spendMinor: limits.spendMinor,
      upstreams: limits.upstreams,
    },
    nonce: asked.nonce,
    person: asked.person,
    policyVersion: asked.policyVersion,
    purpose: asked.purpose,
    type: AUTHORITY_TYPE,
  });
}
