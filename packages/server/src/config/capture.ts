import { z } from 'zod';

const found = z.enum(['keep', 'omit']).default('keep');
const pointer = z
  .string()
  .max(256)
  .regex(/^(?:\/(?:[^/~]|~[01])*){1,16}$/, 'an RFC 6901 pointer, such as /card/number');
const way = z.union([
  z.enum(['omit', 'last4', 'digest']),
  z.strictObject({ beginning: z.number().int().min(1).max(10_000) }),
]);
/** What people, models, upstreams and frameworks said. */
export const SAID_PLACES = ['prompt', 'result', 'messages', 'documents', 'system', 'answer'] as const;
const saidPointer = pointer.refine(
  (text) => SAID_PLACES.some((place) => text === `/${place}` || text.startsWith(`/${place}/`)),
  `a pointer that begins with ${SAID_PLACES.map((place) => `/${place}`).join(', ')}`,
);
export type CaptureWay = z.output<typeof way>;

/** What of calls and conversations is not written down. */
export const captureSchema = z
  .strictObject({
    cards: found.describe('Numbers of payment cards, with their check digit.'),
    ibans: found.describe('Bank accounts, with their check digits.'),
    emails: found.describe('E-mail addresses.'),
    secrets: found.describe('Keys and tokens whose form is known.'),
    rules: z
      .array(
        z
          .strictObject({
            upstream: z.string().min(1).max(63).optional(),
            tool: z.string().min(1).max(200).optional(),
            arguments: z
              .record(pointer, way)
              .refine((pointers) => Object.keys(pointers).length <= 64, 'at most 64 pointers')
              .default({}),
            said: z
              .record(saidPointer, way)
              .refine((pointers) => Object.keys(pointers).length <= 64, 'at most 64 pointers')
              .default({}),
            results: found,
          })
          .refine(
            (rule) => rule.results === 'omit' || Object.keys({ ...rule.arguments, ...rule.said }).length > 0,
            'a rule that leaves nothing out',
          ),
      )
      .max(256)
      .default([])
      .describe('Of the calls of an upstream or a tool; `*` in a pointer is any member.'),
  })
  .prefault({})
  .describe('What of calls and conversations is left out before anything is written down.');
export type CaptureRules = z.output<typeof captureSchema>;
