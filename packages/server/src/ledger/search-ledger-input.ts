import { recordKinds } from '@countersign/api';
import { z } from 'zod';
import { queryText } from './search/query-text.ts';
import { placeText } from './streams/place.ts';

const id = z.string().regex(/^[a-z]{3}_[0-9A-Za-z]{1,64}$/);
const time = z.coerce.number().int().min(0);

/** All of these must hold. `id` is any id a record names, or its own; times are epoch milliseconds, `to` exclusive. */
export const searchLedgerInput = z.strictObject({
  q: queryText.optional(),
  id: id.optional(),
  action: id.optional(),
  agent: id.optional(),
  task: id.optional(),
  person: id.optional(),
  approval: id.optional(),
  delegation: id.optional(),
  kind: z.enum(recordKinds).optional(),
  upstream: z.string().min(1).max(63).optional(),
  tool: z.string().min(1).max(200).describe('<upstream>/<tool>').optional(),
  toolCall: z.string().min(1).max(256).describe('What a model or framework called a call').optional(),
  trace: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .describe('W3C trace id')
    .optional(),
  from: time.optional(),
  to: time.optional(),
  cursor: placeText.optional(),
  after: z.coerce.number().int().min(0).describe('Of a record: those that came after it').optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
});
export type SearchLedgerInput = z.input<typeof searchLedgerInput>;
