import { EFFECTS } from '@countersign/core';
import { z } from 'zod';

const names = z.array(z.string().min(1).max(256)).max(256);
const namesOrAll = z.union([z.literal('*'), names]);
const pattern = z.string().min(1).max(512);
const primitive = z.union([z.string().max(1024), z.number(), z.boolean(), z.null()]);
const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

const rule = z.union([
  z.strictObject({ equals: primitive }),
  z.strictObject({ oneOf: z.array(primitive).max(256) }),
  z.strictObject({ max: z.number() }),
  z.strictObject({ min: z.number() }),
  z.strictObject({ prefix: z.string().max(1024) }),
  z.strictObject({ pathWithin: z.string().max(1024) }),
  z.strictObject({ maxLength: count }),
]);

const constraint = z.strictObject({
  action: pattern,
  /** JSON pointer (RFC 6901) into the arguments. */
  path: z.string().max(512),
  rule,
  optional: z.literal(true).exactOptional(),
});

const fields = {
  upstreams: namesOrAll,
  actions: z.array(pattern).max(256),
  arguments: z.array(constraint).max(256),
  dataDomains: namesOrAll,
  effects: z.array(z.enum(EFFECTS)).max(EFFECTS.length),
  environments: names,
  calls: count.nullable(),
  spendMinor: count.nullable(),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .nullable(),
  /** Of results, in all. */
  rows: count.nullable().exactOptional(),
  /** Of answers, in all, in UTF-8. */
  bytes: count.nullable().exactOptional(),
  depth: z.number().int().min(0).max(8),
};

/** Limits as people write them for a delegation: what is left out is the least that is of use. */
export const delegationLimitsSchema = z.strictObject({
  ...fields,
  arguments: fields.arguments.default([]),
  dataDomains: fields.dataDomains.default('*'),
  effects: fields.effects.default(['read']),
  /** The agent's own, when absent. */
  environments: fields.environments.optional(),
  expiresAt: count,
  calls: fields.calls.default(null),
  /** May be left out only without the effect `spend`. */
  spendMinor: fields.spendMinor.optional(),
  currency: fields.currency.default(null),
  depth: fields.depth.default(0),
});

/** The same where the one who writes them says no time: somebody else sets the end. */
export const rootLimitsSchema = delegationLimitsSchema.omit({ expiresAt: true });

/** What a task wants less of; what is left out stays as its delegation has it. Argument constraints are added. */
export const taskLimitsSchema = z.strictObject(fields).partial();

/** What an agent passes on: what is left out stays as it holds it, and may not be passed on further. */
export const passedLimitsSchema = taskLimitsSchema.extend({
  expiresAt: count.optional(),
  depth: fields.depth.default(0),
});
