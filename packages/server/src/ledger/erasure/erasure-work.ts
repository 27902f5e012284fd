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
  person: z.string().nullable(),
});
export type ErasureWork = z.infer<typeof erasureWork>;

/** What tells of erasures, holds and keys stays readable for ever: it says nothing of what was said. */
export const keptKinds: ReadonlySet<string> = new Set([
  'ledger.erased',
  'ledger.hold_added',
  'ledger.hold_ended',
  'ledger.key_copy_destroyed',
  'ledger.keys_copied',
  'ledger.retired',
]);

/** So many records at once at the most: what they name is held in memory, and in one row until it is done. */
export const mostRecords = 10_000;
