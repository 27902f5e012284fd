import { AppError } from '@countersign/api';
import { canonicalGroup, isId, MOST_GROUPED } from '@countersign/core';
import { z } from 'zod';
import { sha256 } from '../../platform/sha256.ts';
import type { SignedText } from '../narrow-authority.ts';

/** The requests as they were shown, in that order. */
export const groupMembers = z
  .array(
    z.strictObject({
      id: z.string().refine((id) => isId('apr', id)),
      actionDigest: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
    }),
  )
  .min(1)
  .max(MOST_GROUPED);

export type GroupMember = z.output<typeof groupMembers>[number];

/** The text that one signature over all of them signs. Throws `approval.group_changed` for one that stands there twice. */
export function signGroup(members: readonly GroupMember[]): SignedText {
  if (new Set(members.map(({ id }) => id)).size !== members.length)
    throw new AppError('approval.group_changed');
  try {
    const text = canonicalGroup(members.map(({ actionDigest }) => actionDigest));
    return { text, digest: sha256(text) };
  } catch (error) {
    throw new AppError('approval.group_changed', { cause: error });
  }
}
