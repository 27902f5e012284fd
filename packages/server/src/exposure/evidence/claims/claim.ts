import type { Context } from '../../../context.ts';
import type { StoredRecord } from '../../../ledger/index.ts';
import type { Actor } from '../../../people/index.ts';
import type { PeriodRecords } from './period-records.ts';

/** Every claim that a control may name: one that is not here does not compile. */
export const claimIds = [
  'agents-ended',
  'agents-owned',
  'agents-registered',
  'approvals-escalated',
  'approvals-regretted',
  'approvals-signed',
  'approvals-withheld',
  'attention-checked',
  'calls-asked',
  'calls-decided',
  'calls-denied',
  'calls-refused',
  'chains-narrowed',
  'code-execution-decided',
  'configuration-strict',
  'credentials-minted',
  'delegations-bounded',
  'drills-run',
  'environments-held',
  'evidence-sent',
  'ghosts-found',
  'glass-reviewed',
  'keys-rotated',
  'keys-single',
  'labels-lifted',
  'leavers-handled',
  'ledger-proven',
  'models-recorded',
  'outcomes-recorded',
  'people-verified',
  'policies-versioned',
  'prompts-recorded',
  'receipts-issued',
  'reviews-decided',
  'risk-noted',
  'secrets-aged',
  'secrets-changed',
  'signals-exchanged',
  'sources-recorded',
  'stops-made',
  'tasks-bounded',
  'token-life',
  'tokens-bound',
  'tokens-ended',
  'tokens-refused',
  'tools-classified',
  'tools-held',
  'tools-pinned',
  'upstreams-listed',
  'work-held-up',
  'workloads-trusted',
] as const;
export type ClaimId = (typeof claimIds)[number];

/** A figure of configuration or registry; never a secret, a name of one, or an argument. */
export interface Fact {
  readonly name: string;
  readonly value: string;
}

/** What speaks against the claim, with the records that do; none where only the registry does. */
export interface Objection {
  readonly text: string;
  readonly records: readonly StoredRecord[];
}

/** What a claim found. `records` is the population that samples are drawn from. */
export interface Found {
  readonly records: readonly StoredRecord[];
  /** False when there is more in the period than was looked at. */
  readonly complete: boolean;
  /** In words, what was counted and how much of what. */
  readonly statement: string;
  readonly against: readonly Objection[];
  readonly facts: readonly Fact[];
}

export interface Looking {
  readonly context: Context;
  readonly actor: Actor;
  readonly records: PeriodRecords;
}

/** One sentence about this installation, and how it is looked up now. Bounded, and nothing is changed. */
export interface Claim {
  readonly id: ClaimId;
  readonly sentence: string;
  look(looking: Looking): Promise<Found>;
}
