import { AppError } from '@countersign/api';
import { mayAgentAct } from '@countersign/core';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { type Actor, nameActor, requirePermission } from '../people/index.ts';
import { UniqueViolation } from '../plugins/database/database.ts';
import { noteSecurityEvent } from '../signals/index.ts';
import { idSchema } from '../wire/id-schema.ts';
import { type AgentKeyView, listKeys } from './list-keys.ts';
import { loadAgent } from './load-agent.ts';
import { type AgentKey, parseAgentKey } from './parse-agent-key.ts';
import { requireOwner } from './require-owner.ts';

const longestOverlapSeconds = 86_400;
const mostKeys = 8;

export const addAgentKeyInput = z.strictObject({
  agentId: idSchema('agt'),
  jwk: z.unknown(),
  /** For how long the keys in use until now stay valid beside the new one. */
  overlapSeconds: z.number().int().min(0).max(longestOverlapSeconds).default(3600),
});

/** Rotates: the new key is valid at once, the old ones until the overlap ends. Throws `agent.key_invalid`, `agent.exists`. */
export async function addAgentKey(
  context: Context,
  actor: Actor,
  input: unknown,
): Promise<readonly AgentKeyView[]> {
  requirePermission(actor, 'agents.change');
  const { agentId, jwk, overlapSeconds } = addAgentKeyInput.parse(input);
  const key = await parseAgentKey(jwk);
  try {
    return await rotate(context, actor, { agentId, key, overlapSeconds });
  } catch (thrown) {
    throw thrown instanceof UniqueViolation ? new AppError('agent.exists') : thrown;
  }
}

function rotate(
  context: Context,
  actor: Actor,
  { agentId, key, overlapSeconds }: { agentId: string; key: AgentKey; overlapSeconds: number },
): Promise<readonly AgentKeyView[]> {
  const now = context.platform.now();
  const validUntil = now + overlapSeconds * 1000;
  return context.store.transaction(async (tx) => {
    const agent = await loadAgent(tx.sql, agentId);
    requireOwner(actor, agent.owner_id);
    // One that was announced is given it to be resumed with; until then it lets nothing in.
    if (agent.state !== 'registered' && !mayAgentAct(agent.state)) throw new AppError('agent.not_active');
    const keys = await listKeys(tx.sql, agentId, now);
    const valid = keys.filter((one) => one.valid);
    if (valid.length >= mostKeys) {
      throw new AppError('server.request_invalid', { detail: 'jwk: too many keys in overlap' });
    }
    // An earlier end stays: adding a key never lengthens the life of another.
    const ending = valid.filter((one) => one.validUntil === null || one.validUntil > validUntil);
    for (const { thumbprint } of ending) {
      await tx.sql
        .updateTable('agent_keys')
        .set({ valid_until: validUntil })
        .where('thumbprint', '=', thumbprint)
        .execute();
    }
    const row = { thumbprint: key.thumbprint, agent_id: agentId, jwk: JSON.stringify(key.jwk) };
    await tx.sql
      .insertInto('agent_keys')
      .values({ ...row, created_at: now, valid_until: null })
      .execute();
    const record = context.platform.newId('rec');
    tx.record({
      id: record,
      kind: 'agent.key_added',
      at: now,
      causes: agent.causes,
      agent: agentId,
      key: key.thumbprint,
      person: agent.owner_id,
      body: {
        by: nameActor(actor),
        publicKey: key.jwk,
        replaces: ending.map((one) => one.thumbprint),
        replacedValidUntil: validUntil,
      },
    });
    await noteSecurityEvent(context, tx, {
      kind: 'credential-change',
      about: { agent: agentId },
      reason: 'key_added',
      facts: { credential_type: 'public-key', change_type: 'create' },
      record,
    });
    tx.afterCommit(() => context.agents.forget(agentId));
    return listKeys(tx.sql, agentId, now);
  });
}
