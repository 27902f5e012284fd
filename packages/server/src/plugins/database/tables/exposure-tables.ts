import type { Fixed, Json } from './column.ts';

/** What was tried on purpose, to see whether it is contained. */
export interface ExposureTables {
  drill_runs: {
    id: Fixed<string>;
    started_at: Fixed<number>;
    finished_at: Fixed<number>;
    /** 1 when every drill of it was contained. */
    passed: Fixed<number>;
    trigger_kind: Fixed<'asked' | 'schedule'>;
    started_by: Fixed<string>;
    /** SHA-256, base64, of the canonical report: what is signed and what its record names. */
    digest: Fixed<string>;
    /** The signed report, whole. */
    report: Fixed<Json>;
  };
  /** Signed reports of what speaks for and against controls of frameworks. */
  evidence_reports: {
    id: Fixed<string>;
    made_at: Fixed<number>;
    made_by: Fixed<string>;
    period_from: Fixed<number>;
    period_to: Fixed<number>;
    /** Ids of the frameworks. */
    frameworks: Fixed<Json>;
    /** SHA-256, base64, of the canonical report: what is signed and what its record names. */
    digest: Fixed<string>;
    /** The signed report, whole. */
    report: Fixed<Json>;
  };
  drill_schedules: {
    /** There is one, `default`. */
    name: Fixed<string>;
    every_seconds: number;
    /** Names of the drills; null for all of them. */
    drills: Json | null;
    next_at: number;
    set_by: string;
    set_at: number;
  };
}
