import { type Id, type IdPrefix, isId } from '@countersign/core';
import { z } from 'zod';

/** An id of one noun in its one canonical spelling. */
export function idSchema<P extends IdPrefix>(prefix: P): z.ZodType<Id<P>, string> {
  return z
    .string()
    .max(40)
    .refine((value) => isId(prefix, value))
    .transform((value) => value as Id<P>);
}
