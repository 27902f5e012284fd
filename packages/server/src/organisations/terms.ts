import type { Limits } from '@countersign/core';
import { z } from 'zod';
import { requireSoundLimits, rootLimitsSchema } from '../delegations/index.ts';
import { idSchema } from '../wire/id-schema.ts';

const address = z.string().min(1).max(512);
const publicKey = z
  .record(z.string().max(32), z.union([z.string().max(2048), z.array(z.string().max(32)).max(8)]))
  .refine((key) => !['d', 'p', 'q', 'k'].some((part) => Object.hasOwn(key, part)), 'only public keys');

export const organisationName = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/);

/** Everything that an administrator says, and signs, of another organisation. */
export const organisationTermsSchema = z.strictObject({
  name: organisationName,
  /** Exactly as they stand in `iss`. */
  issuers: z
    .array(
      z.strictObject({
        issuer: address,
        /** Of the same origin. */
        jwksUri: address.optional(),
        /** Instead: the keys themselves. */
        keys: z.array(publicKey).min(1).max(16).optional(),
      }),
    )
    .min(1)
    .max(8),
  /** The most that may ever be granted here on its word. */
  ceiling: rootLimitsSchema.extend({ environments: z.array(z.string().min(1).max(256)).min(1).max(16) }),
  /** Agents registered here for which it vouches. */
  agents: z.array(idSchema('agt')).max(256).default([]),
  /** Agents of ours that are vouched for towards it, and the client each is there. */
  towards: z
    .array(z.strictObject({ agentId: idSchema('agt'), clientId: z.string().min(1).max(512) }))
    .max(256)
    .default([]),
  /** How often its status lists are read while tasks on its word are open. */
  checkMilliseconds: z.number().int().min(250).max(60_000).default(1_000),
  /** The name, in the configuration, of the transmitter whose security events end what was given on its word. */
  transmitter: z.string().min(1).max(128).optional(),
});

export type OrganisationTerms = z.output<typeof organisationTermsSchema>;

/** The ceiling as limits: it has no end of its own. Throws `server.request_invalid` when it makes no sense. */
export function readCeiling(terms: Pick<OrganisationTerms, 'ceiling'>): Limits {
  const limits: Limits = {
    ...terms.ceiling,
    spendMinor: terms.ceiling.spendMinor ?? null,
    expiresAt: Number.MAX_SAFE_INTEGER,
  };
  requireSoundLimits(limits);
  return limits;
}
