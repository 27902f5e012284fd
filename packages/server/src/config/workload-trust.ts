import { z } from 'zod';

const address = z.url({ protocol: /^https?$/ }).max(2048);
const file = z.string().min(1).max(4096);

/** A platform that may say which workload an agent is, so that the agent keeps no key of its own. */
export const workloadTrust = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,62}$/)
      .describe('Bindings of agents name it.'),
    kind: z.enum(['spiffe', 'kubernetes', 'github-actions']),
    trustDomain: z
      .string()
      .regex(/^[a-z0-9][a-z0-9._-]{0,254}$/)
      .optional()
      .describe('Of spiffe, without spiffe://.'),
    issuer: address.optional().describe('Of kubernetes; of a GitHub Enterprise Server, else github.com.'),
    keysUrl: address
      .optional()
      .describe(
        'JWKS or SPIFFE bundle; found by discovery at the issuer when neither it nor keysFile is given.',
      ),
    keysFile: file.optional().describe('The same as a file, read anew every five minutes.'),
    caFile: file.optional().describe('PEM certificates trusted for keysUrl and issuer.'),
    tokenFile: file.optional().describe('Bearer token shown there, as a Kubernetes API server wants.'),
    allowPrivate: z.boolean().optional().describe('They may be on this machine or a private network.'),
  })
  .superRefine((trust, context) => {
    const needed = trust.kind === 'spiffe' ? 'trustDomain' : trust.kind === 'kubernetes' ? 'issuer' : null;
    if (needed !== null && trust[needed] === undefined) {
      context.addIssue({ code: 'custom', path: [needed], message: `${trust.kind} needs it` });
    }
    if (trust.kind === 'spiffe' && trust.keysUrl === undefined && trust.keysFile === undefined) {
      context.addIssue({ code: 'custom', path: ['keysUrl'], message: 'spiffe needs it, or keysFile' });
    }
  });
