import { AppError } from '@countersign/api';
import { canonicalAuthority, type Requirement } from '@countersign/core';
import type { Context } from '../context.ts';
import { findDisplayName } from '../people/index.ts';
import { sha256 } from '../platform/sha256.ts';
import type { AuthorityInput } from './approval-state.ts';
import { describeSubject } from './describe-subject.ts';
import { drawMatchCode } from './draw-match-code.ts';
import { findAuthorityChips } from './find-authority-chips.ts';
import { loadApproval } from './load-approval.ts';
import { noteNews } from './notices/index.ts';
import type { Presented } from './presented.ts';
import type { StoredApproval } from './read-approval.ts';
import { requireRoom } from './request-approval.ts';
import { requireStanding } from './require-standing.ts';

type Requesting = Pick<Context, 'platform' | 'store'>;

/**
 * Asks one person for authority: only they can give what is theirs, and only with a passkey. Durable together with its
 * record. Throws `server.rate_limited` when the agent asks too much, `agent.not_active` when it has ended.
 */
export async function requestAuthority(context: Requesting, input: AuthorityInput): Promise<StoredApproval> {
  const { agent, asked } = input;
  const now = context.platform.now();
  if (asked.expiresAt <= now) throw new AppError('approval.expired');
  const presented = await present(context, input, now);
  const requirement: Requirement = {
    approvers: [`person:${asked.personId}`],
    excluded: [],
    quorum: 1,
    method: 'passkey',
    withinSeconds: Math.ceil((asked.expiresAt - now) / 1000),
    notify: [],
  };
  const signed = canonicalAuthority({
    agent: agent.id,
    person: asked.personId,
    key: input.key,
    purpose: input.purpose,
    limits: input.limits,
    policyVersion: input.policyVersion,
    nonce: Buffer.from(context.platform.randomBytes(16)).toString('base64url'),
    expiresAt: asked.expiresAt,
  });
  const id = context.platform.newId('apr');
  return context.store.transaction(async (tx) => {
    await requireStanding(tx, { agentId: agent.id, personIds: [agent.ownerId, asked.personId] });
    await requireRoom(tx, agent.id);
    const record = context.platform.newId('rec');
    await tx.sql
      .insertInto('approvals')
      .values({
        id,
        action_id: '',
        call_digest: input.askDigest,
        action_digest: sha256(signed),
        agent_id: agent.id,
        task_id: '',
        owner_id: agent.ownerId,
        upstream: '',
        tool: '',
        signed_action: signed,
        presented: JSON.stringify(presented),
        requirement: JSON.stringify(requirement),
        state: 'requested',
        reason: null,
        requested_at: now,
        expires_at: asked.expiresAt,
        decided_at: null,
        released_at: null,
        requested_record: record,
        kind: 'authority',
        asked_person_id: asked.personId,
      })
      .execute();
    await asked.save(tx, id);
    const approval = await loadApproval(tx, id);
    tx.record({
      ...describeSubject(approval),
      id: record,
      kind: 'approval.requested',
      at: now,
      causes: input.causes,
      key: input.key,
      body: {
        actionDigest: approval.actionDigest,
        requirement,
        askedFor: asked.personId,
        purpose: input.purpose,
        limits: input.limits,
        expiresAt: asked.expiresAt,
      },
    });
    await noteNews(context, tx, approval, 'asked');
    return approval;
  });
}

async function present(context: Requesting, input: AuthorityInput, now: number): Promise<Presented> {
  const { agent, asked, limits } = input;
  const askedName = await findDisplayName(context, asked.personId);
  return {
    sentence: [
      { text: agent.name, strong: true },
      { text: ' asks for authority to act for ', strong: false },
      { text: askedName, strong: true },
    ],
    agentName: agent.name,
    ownerName: await findDisplayName(context, agent.ownerId),
    requesterId: asked.personId,
    requesterName: askedName,
    environment: limits.environments.join(', '),
    operation: 'delegate',
    effects: limits.effects,
    dataDomain: '',
    chips: await findAuthorityChips(context, input),
    consequence: 'lets the agent act in your name, within these limits, until they end or you revoke it',
    task: { purpose: input.purpose, prompt: null, openedAt: now, expiresAt: asked.expiresAt },
    chain: [{ delegationId: '', from: askedName, to: agent.name }],
    policyIds: [],
    matchCode: drawMatchCode(context),
    askedName,
    message: asked.message,
  };
}
