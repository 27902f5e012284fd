import { z } from 'zod';
import type { Actor } from '../../people/index.ts';
import { nameActor } from '../../people/index.ts';

export const queryName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$/)
  .describe('Letters, digits, spaces, dots, dashes and underscores');

/** A search that somebody gave a name. */
export interface SavedQuery {
  readonly name: string;
  readonly query: string;
  /** Whoever may read the ledger finds it by its name. */
  readonly shared: boolean;
  /** Who saved it. */
  readonly owner: string;
  readonly changedAt: number;
}

export const savedQuerySchema = z.object({
  name: z.string(),
  query: z.string(),
  shared: z.boolean(),
  owner: z.string(),
  changedAt: z.number().int().describe('Epoch milliseconds'),
});

export interface QueryRow {
  readonly owner: string;
  readonly name: string;
  readonly query: string;
  readonly shared: number;
  readonly changed_at: number;
}

export function readQueryRow({ changed_at, shared, ...row }: QueryRow): SavedQuery {
  return { ...row, shared: shared === 1, changedAt: changed_at };
}

/** Whose they are: a person's own; the operator at the machine has some, too. */
export function ownerOf(actor: Actor): string {
  return nameActor(actor);
}
