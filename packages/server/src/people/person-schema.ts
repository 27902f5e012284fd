import { z } from 'zod';

/** What the API says of people. */
export const personSchema = z.object({
  id: z.string(),
  displayName: z.string(),
  email: z.string().nullable(),
  roles: z.array(z.string()).readonly(),
  groups: z.array(z.string()).readonly(),
  state: z.enum(['invited', 'active', 'suspended']),
  createdAt: z.number(),
});

export const signedInSchema = personSchema.extend({
  audit: z
    .object({ id: z.string(), until: z.number().int().describe('Epoch milliseconds') })
    .optional()
    .describe('Of an auditor from elsewhere: what they read by, and until when'),
});

export const peoplePageSchema = z.object({
  items: z.array(personSchema).readonly(),
  next: z.string().nullable(),
});
export const invitationSchema = z.object({ personId: z.string(), link: z.string(), expiresAt: z.number() });
export const joinedSchema = z.object({ personId: z.string() });
