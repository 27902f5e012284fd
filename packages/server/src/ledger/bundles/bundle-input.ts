import { AppError, retentionClasses } from '@countersign/api';
import { z } from 'zod';
import { searchLedgerInput } from '../search-ledger-input.ts';

const { cursor: _cursor, after: _after, limit: _limit, ...terms } = searchLedgerInput.shape;

/** Which records, in the words of a search; what they followed from comes with them. */
export const bundleInput = z.strictObject({
  ...terms,
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(2000)
    .describe('Records in the bundle, with those that they followed from'),
  without: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(retentionClasses)))
    .optional()
    .describe('Classes of records whose payloads are left out, divided by commas'),
});

export type BundleSelection = Omit<z.output<typeof bundleInput>, 'limit' | 'without'>;

/** Throws `server.request_invalid` when nothing says which records: everything is what an export is for. */
export function readSelection(input: z.input<typeof bundleInput>) {
  const { limit, without = [], ...selection } = bundleInput.parse(input);
  const asked: BundleSelection = selection;
  if (Object.values(asked).every((value) => value === undefined))
    throw new AppError('server.request_invalid', { detail: 'say which records, such as those of a task' });
  return { asked, limit, without };
}
