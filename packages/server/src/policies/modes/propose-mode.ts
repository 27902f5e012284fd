import { AppError } from '@countersign/api';
import { canonicalJson, POLICY_MODES } from '@countersign/core';
import { z } from 'zod';
import { type Actor, nameActor, requirePermission } from '../../people/index.ts';
import { sha256 } from '../../platform/sha256.ts';
import { plainLine } from '../../wire/plain-text.ts';
import type { PolicyContext } from '../activate-bundle.ts';
import { changeLifetimeMilliseconds, requireSwitchable } from './mode-change.ts';

export const proposalInput = z.strictObject({
  policyId: z.string().max(200),
  mode: z.enum(POLICY_MODES),
  reason: plainLine(500),
});

export const proposalAnswer = z.object({
  id: z.string(),
  policyId: z.string(),
  from: z.enum(POLICY_MODES),
  to: z.enum(POLICY_MODES),
  link: z.string().describe('Where a person who may switch modes signs it with a passkey'),
  expiresAt: z.number().describe('Epoch milliseconds'),
});

export type ModeProposal = z.infer<typeof proposalAnswer>;

/**
 * Asks that a policy count as far as said from then on. Nothing changes until a person has signed exactly this with a
 * passkey. Throws `policy.not_found`, `policy.mode_fixed`, `policy.mode_change_not_open` when it has that mode already.
 */
export async function proposeMode(
  context: PolicyContext,
  actor: Actor,
  input: z.input<typeof proposalInput>,
): Promise<ModeProposal> {
  requirePermission(actor, 'policies.switch_mode');
  const { policyId, mode, reason } = proposalInput.parse(input);
  const policy = requireSwitchable(context, policyId);
  const from = context.policies.live?.modes.get(policyId) ?? 'enforce';
  if (from === mode)
    throw new AppError('policy.mode_change_not_open', { detail: `it is in ${mode} already` });
  const { platform, config } = context;
  const id = platform.newId('pmc');
  const at = platform.now();
  const expiresAt = at + changeLifetimeMilliseconds;
  const server = new URL(config.server.publicUrl).origin;
  const signedText = canonicalJson({
    purpose: 'countersign policy mode change 1',
    ...{ change: id, server, policy: policyId, effect: policy.effect, from, to: mode, reason, expiresAt },
    ...{ bundle: context.policies.version, policyDigest: sha256(policy.source.text) },
  });
  const record = platform.newId('rec');
  await context.store.transaction(async (tx) => {
    await tx.sql
      .insertInto('policy_mode_changes')
      .values({
        ...{ id, policy_id: policyId, from_mode: from, to_mode: mode, reason },
        ...{ signed_text: signedText, digest: sha256(signedText), proposed_by: nameActor(actor) },
        ...{ proposed_record: record, proposed_at: at, expires_at: expiresAt },
        ...{ switched_by: null, switched_at: null, evidence: null },
      })
      .execute();
    tx.record({
      ...{
        id: record,
        kind: 'policy.mode_proposed',
        at,
        causes: [],
        policyVersion: context.policies.version,
      },
      ...(actor.kind === 'person' ? { person: actor.person } : {}),
      body: {
        by: nameActor(actor),
        change: id,
        policy: policyId,
        effect: policy.effect,
        from,
        to: mode,
        reason,
      },
    });
  });
  return { id, policyId, from, to: mode, link: `${server}/policies/modes/${id}`, expiresAt };
}
