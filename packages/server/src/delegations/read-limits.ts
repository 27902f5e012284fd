import { AppError } from '@countersign/api';
import { checkLimits, type Limits } from '@countersign/core';
import type { z } from 'zod';
import type { delegationLimitsSchema } from './limits-schema.ts';

const longestMilliseconds = 90 * 24 * 3_600_000;

/** Whole, meaningful limits that end within 90 days. Throws `server.request_invalid` that names the field. */
export function readDelegationLimits(
  given: z.infer<typeof delegationLimitsSchema>,
  environment: string,
  now: number,
): Limits {
  if (given.spendMinor === undefined && given.effects.includes('spend')) {
    throw refuse('limits.spendMinor: must be given where spending is allowed');
  }
  if (given.expiresAt <= now || given.expiresAt > now + longestMilliseconds) {
    throw refuse('limits.expiresAt: must be in the future and within 90 days');
  }
  const limits: Limits = {
    ...given,
    environments: given.environments ?? [environment],
    spendMinor: given.spendMinor ?? null,
  };
  requireSoundLimits(limits);
  return limits;
}

/** Throws `server.request_invalid` when the limits contradict themselves or name what cannot be. */
export function requireSoundLimits(limits: Limits): void {
  const [flaw] = checkLimits(limits);
  if (flaw !== undefined) throw refuse(`limits.${flaw.field}: ${flaw.detail}`.slice(0, 500));
}

function refuse(detail: string): AppError {
  return new AppError('server.request_invalid', { detail });
}
