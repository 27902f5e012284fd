import { AppError } from '@countersign/api';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { type Actor, askForSignature } from '../../people/index.ts';
import { requireDecider } from '../require-decider.ts';
import { groupMembers, signGroup } from './group-input.ts';
import { loadGroup } from './load-group.ts';

export const beginGroupInput = z.strictObject({ groupId: z.string(), members: groupMembers });

/**
 * What the browser needs so that the person's passkey signs the digests of exactly these requests. Throws
 * `approval.group_changed` when one of them is not as it was shown any more.
 */
export async function beginGroup(
  context: Pick<Context, 'config' | 'platform' | 'store'>,
  actor: Actor,
  input: z.input<typeof beginGroupInput>,
) {
  const { groupId, members } = beginGroupInput.parse(input);
  const group = await loadGroup(context, actor, groupId);
  const waiting = new Map(group.members.map((one) => [one.approval.id, one]));
  for (const { id, actionDigest } of members) {
    const one = waiting.get(id);
    if (one === undefined || one.approval.actionDigest !== actionDigest)
      throw new AppError('approval.group_changed');
    requireDecider(actor, one.approval);
    if (!one.standing.mayApprove) throw new AppError('approval.not_eligible');
  }
  const { person } = actor as Extract<Actor, { kind: 'person' }>;
  return askForSignature(context, person, signGroup(members).digest);
}
