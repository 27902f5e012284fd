import { AppError } from '@countersign/api';
import {
  type AskedAuthority,
  canonicalAuthority,
  checkLimits,
  isWithin,
  type Limits,
} from '@countersign/core';
import { z } from 'zod';
import { taskLimitsSchema } from '../delegations/index.ts';
import { sha256 } from '../platform/sha256.ts';
import type { StoredApproval } from './read-approval.ts';

/** What a person gives less of; what is left out stays as it was asked for. */
export const narrowerInput = taskLimitsSchema.extend({ expiresAt: z.number().int().min(0).optional() });

/** A text and the SHA-256 that a passkey signs for it. */
export interface SignedText {
  readonly text: string;
  readonly digest: string;
}

/**
 * What the person's passkey has to sign: the request as it was asked, or authority with less in it. Throws
 * `approval.limits_wider` for anything that was not asked for, and for limits of what is no authority.
 */
export function narrowAuthority(
  approval: Pick<StoredApproval, 'kind' | 'signedAction' | 'actionDigest'>,
  given: z.output<typeof narrowerInput> | undefined,
): SignedText {
  if (given === undefined) return { text: approval.signedAction, digest: approval.actionDigest };
  if (approval.kind !== 'authority') throw new AppError('approval.limits_wider', { detail: 'not authority' });
  const asked: AskedAuthority = JSON.parse(approval.signedAction);
  const narrower = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const limits: Limits = {
    ...asked.limits,
    ...narrower,
    arguments: [...asked.limits.arguments, ...(given.arguments ?? [])],
  };
  const [flaw] = checkLimits(limits);
  if (flaw !== undefined) throw refuse(flaw.field);
  const within = isWithin(limits, asked.limits);
  if (!within.within) throw refuse(within.violations.map(({ field }) => field).join(', '));
  const text = canonicalAuthority({ ...asked, limits });
  return { text, digest: sha256(text) };
}

function refuse(detail: string): AppError {
  return new AppError('approval.limits_wider', { detail });
}
