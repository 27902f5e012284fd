import { z } from 'zod';

/** Longer ones are refused by the language, which says so. */
export const queryText = z.string().max(10_000).describe('A search as docs/search.md describes it');
