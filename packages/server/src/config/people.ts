import { z } from 'zod';
import { singleSignOn } from './single-sign-on.ts';

/** Who people are, and what the directories that know them say. */
export const peopleSchema = z.strictObject({
  oidc: singleSignOn.optional().describe('Single sign-on; none when absent.'),
  recoveryCoolSeconds: z
    .number()
    .int()
    .min(0)
    .max(604_800)
    .default(3600)
    .describe('How long a passkey that came out of a recovery does not count.'),
  freshSeconds: z
    .number()
    .int()
    .min(60)
    .max(28_800)
    .default(900)
    .describe('How long a verification by passkey counts for what changes authority.'),
  groups: z
    .array(
      z.strictObject({
        directory: z.string().min(1).max(256).describe('Of a group, exactly as the directory writes it.'),
        as: z
          .string()
          .regex(/^[a-z][a-z0-9_-]{0,63}$/)
          .describe('The role, or the group that policies name.'),
      }),
    )
    .max(256)
    .default([])
    .describe('What being in a group of a directory gives here. Roles are given by this list alone.'),
  scim: z
    .strictObject({
      draftAgentSchema: z
        .boolean()
        .default(false)
        .describe('Name agents by the URN of the draft of the Agent resource in the place of our own.'),
    })
    .prefault({})
    .describe('What directories provision through SCIM.'),
});
