import { retentionClasses } from '@countersign/api';
import { z } from 'zod';

const ids = z.array(z.string());

/** What one erasure or retirement takes away, by ids alone: kept until it is finished, so that a crash only delays it. */
export const erasureWork = z.strictObject({
  seqs: z.array(z.number().int().min(0)),
  /** Of each class, ranges of `seq`s whose keys are destroyed; the end is exclusive. */
  ranges: z.array(z.tuple([z.enum(retentionClasses), z.number().int(), z.number().int()])),
  records: ids,
  actions: ids,
  approvals: ids,
  /** Tasks whose own row says what a record among them said. */
  tasks: ids,
  /** Approvals of which only arguments and what was shown go. */
  contents: ids.default([]),
  /** Tasks of which only what they were told goes. */
  prompts: ids.default([]),
  person: z.string().nullable(),
});
export type ErasureWork = z.infer<typeof erasureWork>;

/**
 * What the ledger tells of itself stays readable for ever: who erased, read, exported or held what, and who saw it forked.
 * Nobody may take away the evidence against themselves.
 */
export function isKept(kind: string): boolean {
  return kind.startsWith('ledger.');
}

/** So many records at once at the most: what they name is held in memory, and in one row until it is done. */
export const mostRecords = 10_000;

/** What it blanks in other tables, without the records themselves: those whose keys are gone are known by that. */
export function namesOf({ approvals, tasks, contents, prompts, person }: ErasureWork): ErasureWork {
  return {
    ...{ seqs: [], ranges: [], records: [], actions: [] },
    approvals,
    tasks,
    contents,
    prompts,
    person,
  };
}
