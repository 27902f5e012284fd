import { EFFECTS, isJsonPointer, parseSentence, REVERSIBILITIES } from '@countersign/core';
import { z } from 'zod';
import { plainLine } from '../wire/plain-text.ts';
import { argumentRoles, resultLabels } from './labels-schema.ts';

export const upstreamName = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/);
export const upstreamKind = z.enum(['mcp-http', 'mcp-stdio', 'http', 'model', 'a2a', 'hooks']);
export const toolName = z.string().min(1).max(128);
export const toolDigest = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
export const environmentName = plainLine(64);

const pointer = z.string().max(256).refine(isJsonPointer);
const currency = z.union([z.string().regex(/^[A-Z]{3}$/), pointer.refine((text) => text.startsWith('/'))]);

/** What a person says a tool does. */
export const classification = {
  effects: z.array(z.enum(EFFECTS)).min(1).max(EFFECTS.length),
  /** What only reads is reversible unless a person says otherwise; anything else is unknown. */
  reversibility: z.enum(REVERSIBILITIES).optional(),
  dataDomain: z.string().regex(/^[a-z][a-z0-9_.-]{0,62}$/),
  /** JSON pointer into the arguments to a whole amount in minor units. */
  amountPointer: pointer
    .refine((text) => text !== '')
    .nullable()
    .default(null),
  /** ISO 4217 code of that amount, or a JSON pointer into the arguments to it. */
  amountCurrency: currency.nullable().default(null),
  /** What is said of its calls where a person is asked, as `Refund {/amount} to {/to}`; absent: as before. */
  sentence: z
    .string()
    .refine(
      (text) => parseSentence(text) !== undefined,
      'not a sentence of words, {pointers} and [optional parts]',
    )
    .nullable()
    .optional(),
  /** What its arguments mean; absent: as before, or as proposed. */
  argumentRoles: argumentRoles.optional(),
  /** What is known of its results; absent: as before, or nothing is believed of them. */
  resultLabels: resultLabels.optional(),
};
