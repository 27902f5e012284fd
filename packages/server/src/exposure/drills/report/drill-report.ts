import type { StepFinding } from '../play/stage.ts';

/** One step, with its evidence. */
export interface StepReport extends StepFinding {
  /** The policies that decided its calls. */
  readonly policies: readonly string[];
  /** Ids of its ledger records, in order; the last 200 of them. */
  readonly records: readonly string[];
}

export interface DrillReport {
  readonly name: string;
  readonly title: string;
  readonly about: string | null;
  readonly covers: readonly string[];
  readonly source: 'built-in' | 'folder' | 'given';
  readonly file: string;
  /** SHA-256 of the drill's text, base64url. */
  readonly digest: string;
  /** `inconclusive`: what it rests on could not be brought about, so it shows nothing. That is no pass. */
  readonly outcome: 'contained' | 'not_contained' | 'inconclusive';
  /** Why it could not be played. */
  readonly failure: string | null;
  /** Of the bundle in force when it began. */
  readonly policyVersion: string;
  readonly startedAt: number;
  readonly milliseconds: number;
  /** How long containment took, where it came about: calls, and milliseconds. */
  readonly contained: { readonly calls: number; readonly milliseconds: number } | null;
  readonly steps: readonly StepReport[];
  /** Steps that were left out because one before them showed nothing. */
  readonly notPlayed: number;
}

/** What one run of drills found: what is signed. */
export interface RunReport {
  readonly format: 'countersign-drill-report/1';
  readonly run: string;
  readonly server: string;
  readonly environment: string;
  readonly trigger: 'asked' | 'schedule';
  readonly by: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly finishedAt: number;
  /** Whether every drill was contained. */
  readonly passed: boolean;
  readonly drills: readonly DrillReport[];
}

/** A report with what shows that it is this server's. */
export interface SignedReport {
  readonly report: RunReport;
  /** C2SP signed note over the SHA-256 of the canonical report, by the key of the ledger. */
  readonly note: string;
  /** C2SP verifier key: as the report names it, so it has to be known from elsewhere, too. */
  readonly vkey: string;
}
