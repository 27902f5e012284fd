import { z } from 'zod';
import { signalBusSchema } from './signal-bus.ts';

const address = z.url({ protocol: /^https?$/ }).max(2048);
const file = z.string().min(1).max(4096);
const hours = z.number().int().min(1).max(8760);

/** Who may tell this server of people and sessions, by signed security events. */
const transmitter = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,62}$/)
      .describe('It pushes to /ssf/receive/<name>.'),
    issuer: z.string().min(1).max(2048).describe('Exactly as in its events.'),
    audience: z.string().min(1).max(2048).describe('What its events must name as theirs.'),
    keysUrl: address.optional().describe('Its JWKS.'),
    keysFile: file.optional().describe('The same as a file.'),
    pushTokenFile: file.optional().describe('Bearer token that it has to show when it pushes.'),
    pollUrl: address.optional().describe('Where its events are fetched from instead.'),
    pollTokenFile: file.optional().describe('Bearer token to show there.'),
    pollSeconds: z.number().int().min(1).max(3600).default(15).describe('From one fetch to the next.'),
    events: z
      .array(z.string().regex(/^[a-z][a-z-]{0,63}$/))
      .max(32)
      .optional()
      .describe('Kinds that are believed; all that can be acted upon when absent.'),
    emailDomains: z
      .array(z.string().regex(/^[a-z0-9.-]{1,253}$/))
      .max(64)
      .default([])
      .describe('It speaks of people with an address there alone; of none by address when empty.'),
    allowPrivate: z
      .boolean()
      .optional()
      .describe('Its addresses may be on this machine or a private network.'),
  })
  .superRefine((given, context) => {
    const issue = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    if ((given.keysUrl === undefined) === (given.keysFile === undefined))
      issue('keysUrl', 'give either it or keysFile');
    if ((given.pollUrl === undefined) === (given.pushTokenFile === undefined))
      issue('pollUrl', 'give either it or pushTokenFile');
    if (given.pollTokenFile !== undefined && given.pollUrl === undefined)
      issue('pollTokenFile', 'needs pollUrl');
  });

/** Security events, in and out, and what they say of the risk of people. */
export const signalsSchema = z.strictObject({
  mediumRiskHours: hours.default(24).describe('How long a medium risk lasts unless its source ends it.'),
  highRiskHours: hours.default(72).describe('The same of a high one.'),
  modelChangeRisk: z
    .enum(['none', 'medium', 'high'])
    .default('none')
    .describe('What it says of the owner when an agent has another model or system prompt.'),
  queueEvents: z
    .number()
    .int()
    .min(10)
    .max(1_000_000)
    .default(10_000)
    .describe('Kept for a receiver that takes none; after that its stream pauses and the oldest are lost.'),
  maxEventAgeHours: hours.default(168).describe('Older events of others are refused.'),
  clockSkewSeconds: z.number().int().min(0).max(300).default(60).describe('Forgiven to transmitters.'),
  transmitters: z
    .array(transmitter)
    .max(64)
    .superRefine((given, context) => {
      const names = given.map(({ name }) => name);
      for (const [index, name] of names.entries()) {
        if (names.indexOf(name) === index) continue;
        context.addIssue({ code: 'custom', path: [index, 'name'], message: 'another has this name' });
      }
    })
    .default([])
    .describe('Who may tell of people and sessions, by signed security events.'),
  bus: signalBusSchema
    .prefault({})
    .describe('How gateways on one database tell one another what has changed.'),
});

export type TransmitterConfig = z.output<typeof transmitter>;
