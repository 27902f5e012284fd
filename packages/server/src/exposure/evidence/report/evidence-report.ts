import type { InclusionOf, SignedStream } from '../../../ledger/index.ts';
import type { ClaimId, Fact } from '../claims/claim.ts';
import type { Framework } from '../framework.ts';

/**
 * `counter_evidence`: something here speaks against it. `configuration_only`: it is set up so, and nothing in the period
 * shows that it did anything. `no_evidence`: nothing was found either way. None of them says that a framework is met.
 */
export const verdicts = [
  'evidence',
  'counter_evidence',
  'configuration_only',
  'no_evidence',
  'out_of_scope',
] as const;
export type Verdict = (typeof verdicts)[number];

export interface ClaimReport {
  readonly id: ClaimId;
  readonly sentence: string;
  readonly verdict: Exclude<Verdict, 'out_of_scope'>;
  readonly statement: string;
  /** Of records that samples are drawn from. */
  readonly population: number;
  /** False: there are more in the period than were looked at. */
  readonly complete: boolean;
  readonly against: readonly string[];
  readonly facts: readonly Fact[];
  /** Ids in `records` of the report. */
  readonly samples: readonly string[];
}

export interface DrillResult {
  readonly name: string;
  readonly outcome: 'contained' | 'not_contained' | 'inconclusive';
  readonly run: string;
  readonly at: number;
  /** SHA-256, base64, of the signed report of the run. */
  readonly digest: string;
  readonly policyVersion: string;
  /** The record of the run; null when it is no longer found. */
  readonly record: string | null;
}

export interface ControlReport {
  readonly id: string;
  readonly title: string;
  readonly verdict: Verdict;
  /** In a sentence. */
  readonly why: string;
  readonly claims: readonly ClaimId[];
  /** The last run in the period of each drill that tries it. */
  readonly drills: readonly DrillResult[];
  /** Built-in drills that try it and were not run in the period. */
  readonly drillsNotRun: readonly string[];
}

export interface FrameworkReport extends Omit<Framework, 'controls'> {
  readonly controls: readonly ControlReport[];
}

export interface SampledRecord extends InclusionOf {
  readonly kind: string;
  readonly at: number;
  /** Where a person who may read the ledger sees it. */
  readonly link: string;
}

/** What is signed. Times are epoch milliseconds; `to` is exclusive. */
export interface EvidenceReport {
  readonly format: 'countersign-evidence/1';
  readonly report: string;
  readonly server: string;
  readonly environment: string;
  readonly madeAt: number;
  readonly by: string;
  readonly from: number;
  readonly to: number;
  /** Which records are sampled follows from it and from their ids alone. */
  readonly seed: string;
  /** C2SP signed note over the tree that all records of the report are in, but those of other streams. */
  readonly checkpoint: string;
  readonly size: number;
  /** Where several gateways share a database: the other streams that records are in, each signed with a key of its own. */
  readonly streams?: readonly SignedStream[];
  readonly frameworks: readonly FrameworkReport[];
  readonly claims: readonly ClaimReport[];
  readonly records: readonly SampledRecord[];
}

/** A report with what shows that it is this server's. */
export interface SignedEvidence {
  readonly report: EvidenceReport;
  /** C2SP signed note over the SHA-256 of the canonical report, by the key of the ledger. */
  readonly note: string;
  /** C2SP verifier key: as the report names it, so it has to be known from elsewhere, too. */
  readonly vkey: string;
}
