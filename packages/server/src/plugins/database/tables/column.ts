import type { ColumnType } from 'kysely';

/** JSON is kept as text; the noun that owns a column parses it. Times are epoch milliseconds. Booleans are 0 or 1. */
export type Json = string;
/** Set once on insert. */
export type Fixed<T> = ColumnType<T, T, never>;
