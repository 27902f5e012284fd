import { ARGUMENT_ROLES, isJsonPointer, SENSITIVITIES } from '@countersign/core';
import { z } from 'zod';

const most = 200;
const pointer = z
  .string()
  .min(1)
  .max(256)
  .refine(isJsonPointer)
  .describe('RFC 6901, in which `*` is every item of an array.');

export const argumentRoles = z
  .array(z.strictObject({ pointer, role: z.enum(ARGUMENT_ROLES) }))
  .max(most)
  .refine((roles) => new Set(roles.map((one) => one.pointer)).size === roles.length, 'a pointer stands twice')
  .readonly();

const trust = z.enum(['trusted', 'untrusted']);
const sensitivity = z.enum(SENSITIVITIES);
/** Who may see something: people, groups, roles and domains here, or upstreams by name. */
const selector = z.string().regex(/^(?:person|group|role|domain|upstream):[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/);
const audience = z.union([z.literal('anyone'), z.array(selector).max(32).readonly()]);
const path = z
  .string()
  .min(1)
  .max(256)
  .refine((text) => !text.startsWith('/') || isJsonPointer(text))
  .describe('The name of a member, at any depth, or a JSON pointer in which `*` is every item or member.');

export const resultLabels = z.strictObject({
  trust,
  sensitivity,
  audience,
  fields: z
    .array(
      z.strictObject({
        path,
        trust: trust.optional(),
        sensitivity: sensitivity.optional(),
        audience: audience.optional(),
      }),
    )
    .max(most)
    .readonly()
    .default([]),
  serialised: z
    .boolean()
    .optional()
    .describe('Its text results are written by a library that quotes what could pass for structure.'),
});
