import type { IdPrefix } from '@countersign/core';
import { z } from 'zod';

/** An id of one noun in its one canonical spelling. */
export function idSchema(prefix: IdPrefix) {
  return z.string().regex(new RegExp(`^${prefix}_[0-7][0-9A-HJKMNP-TV-Z]{25}$`));
}
