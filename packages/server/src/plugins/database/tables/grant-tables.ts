import type { Fixed } from './column.ts';

/** Grants: more calls than one under one signature. */
export interface GrantTables {
  /** The terms are in the approval's signed text alone; this counts what was used of them. */
  approval_grants: {
    approval_id: Fixed<string>;
    agent_id: Fixed<string>;
    task_id: Fixed<string>;
    /** The call that was shown included, whether or not it came again. */
    used: number;
    spent_minor: number;
    given_at: Fixed<number>;
    expires_at: Fixed<number>;
    /** Ledger record that says it was given: a cause of every use. */
    record: Fixed<string>;
    ended_at: number | null;
    end_reason: string | null;
  };
}
