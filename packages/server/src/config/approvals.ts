import { z } from 'zod';
import { channelSchema } from './channels.ts';

/** How people are asked. */
export const approvalsSchema = z.strictObject({
  channels: z
    .array(channelSchema)
    .max(16)
    .default([])
    .describe('Where people are told beyond the inbox. A channel notifies and links; none decides.'),
  asksPerHour: z
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(60)
    .describe('Requests put before one person in an hour; one that would find too few others is refused.'),
  denialsBeforePause: z
    .number()
    .int()
    .min(0)
    .max(100)
    .default(3)
    .describe('Refusals by people within an hour after which an agent is suspended; 0 never does.'),
  seededChecks: z
    .number()
    .int()
    .min(0)
    .max(7)
    .default(0)
    .describe(
      'Refused requests shown again to each approver in a week, to learn whether they read; 0 for none.',
    ),
  tellPerHour: z
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(20)
    .describe('New cards one person gets on one channel in an hour; what is beyond them is told together.'),
  productionEnvironments: z
    .array(z.string().min(1).max(64))
    .max(32)
    .default(['production'])
    .describe(
      'What reaches one of these is delegated only once somebody could approve what policy asks about.',
    ),
});
