import { z } from 'zod';
import { attestationInput, linkToken, passkeyLabel, personId } from '../person-input.ts';

export const recoveryId = z.string().regex(/^rcv_[0-9A-Z]{26}$/);
// Shown to whoever confirms: nothing in it may hide or reorder.
const reason = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]+$/u);

export const openRecoveryInput = z.strictObject({ personId, reason });
export const recoverInput = z.strictObject({
  token: linkToken,
  label: passkeyLabel.default('Passkey'),
  response: attestationInput,
});

export const recoveryView = z.object({
  id: z.string(),
  personId: z.string(),
  openedBy: z.string(),
  reason: z.string(),
  openedAt: z.number(),
  confirmedBy: z.string().nullable(),
  /** When it ends by itself: waiting for a second administrator, then for its link to be used. */
  expiresAt: z.number(),
});
export const recoveryList = z.object({ items: z.array(recoveryView).readonly() });
export const recoveryLink = z.object({ link: z.string(), expiresAt: z.number() });
