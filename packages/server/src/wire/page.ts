import { z } from 'zod';

/** Newest first. `next` is the cursor of the next page, null on the last one. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** Query parameters of every list: `cursor` is the `next` of the page before. */
export const pageQuery = {
  cursor: z.string().min(1).max(64).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
};

/** `rows` were read with one more than `limit`, newest id first. */
export function takePage<Row extends { readonly id: string }, T>(
  rows: readonly Row[],
  limit: number,
  show: (row: Row) => T,
): Page<T> {
  const shown = rows.slice(0, limit);
  return { items: shown.map(show), next: rows.length > limit ? (shown.at(-1)?.id ?? null) : null };
}

/** How a page is described on the wire. */
export function pageSchema<S extends z.ZodType>(item: S) {
  return z.object({ items: z.array(item).readonly(), next: z.string().nullable() });
}
