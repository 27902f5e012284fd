import { AppError } from '@countersign/api';
import { canonicalJson, type JsonValue, type Limits } from '@countersign/core';
import { z } from 'zod';
import { requireActivePerson } from '../../agents/index.ts';
import type { Context } from '../../context.ts';
import {
  type Actor,
  askForSignature,
  assertionInput,
  countSignature,
  requireOwnPasskey,
  requirePermission,
  verifySignature,
} from '../../people/index.ts';
import { sha256 } from '../../platform/sha256.ts';
import { applyHandover } from './apply-handover.ts';
import {
  type HandoverChoice,
  type HandoverContent,
  type HandoverRow,
  handoverChoice,
  loadHandover,
  readContent,
  requireOpen,
} from './handover.ts';
import { type HandoverView, showHandover } from './handover-view.ts';

export const beginAcceptInput = z.strictObject({
  choice: handoverChoice.default({ agents: {}, delegations: {} }),
});
export const acceptInput = beginAcceptInput.extend({ assertion: assertionInput });

type PersonActor = Actor & { readonly kind: 'person' };

/** What the passkey has to sign: the digest of exactly this list with exactly these choices. */
export async function beginAccept(context: Context, actor: Actor, id: string, input: unknown) {
  const { choice } = beginAcceptInput.parse(input);
  const row = await loadHandover(context.store.sql, id);
  const { person } = requireNewOwner(actor, row);
  requireOpen(row, context.platform.now());
  return askForSignature(context, person, sha256(writeAcceptance(row, person, choice)));
}

/**
 * Takes the agents over as they were listed and as the new owner chose for each: former authority ends, and only what
 * the new owner signed is given again, within what there was. Throws `agent.handover_not_open`,
 * `person.passkey_refused`, `person.forbidden`.
 */
export async function acceptHandover(
  context: Context,
  actor: Actor,
  id: string,
  input: unknown,
): Promise<HandoverView> {
  const { choice, assertion } = acceptInput.parse(input);
  const shown = await loadHandover(context.store.sql, id);
  const { person, session } = requireNewOwner(actor, shown);
  requireOpen(shown, context.platform.now());
  // What is kept is what was shown; a digest that no longer fits it proves nothing.
  if (sha256(shown.content) !== shown.digest) throw new AppError('agent.handover_not_open');
  const text = writeAcceptance(shown, person, choice);
  const passkey = await requireOwnPasskey(context.store.sql, person, assertion);
  const { publicUrl } = context.config.server;
  const signature = await verifySignature(passkey, assertion, sha256(text), publicUrl);
  const record = context.platform.newId('rec');
  await context.store.transaction(async (tx) => {
    const row = await loadHandover(tx.sql, id);
    const now = context.platform.now();
    requireOpen(row, now);
    await requireActivePerson(tx.sql, person);
    await countSignature(tx, signature, now);
    const evidence = JSON.stringify(signature.evidence);
    await tx.sql
      .updateTable('agent_handovers')
      .set({ state: 'accepted', decided_at: now, choice: text, evidence, outcomes: '{}' })
      .where('id', '=', id)
      .execute();
    tx.record({
      ...{ id: record, kind: 'agent.handover_ended', at: now, causes: [row.proposed_record], person },
      body: {
        ...{ by: person, handover: id, outcome: 'accepted', digest: sha256(text), session },
        ...{ credentialId: signature.row.credential_id, evidenceDigest: sha256(evidence) },
      },
    });
  });
  await applyHandover(context, id);
  return showHandover(await loadHandover(context.store.sql, id), new URL(publicUrl).origin);
}

/** Only the person it was proposed to, who may own agents. Throws `person.forbidden`. */
export function requireNewOwner(actor: Actor, row: HandoverRow): PersonActor {
  if (actor.kind !== 'person' || actor.person !== row.to_person_id) throw new AppError('person.forbidden');
  requirePermission(actor, 'agents.change');
  return actor;
}

/** What a new owner signs for one agent. */
export interface AcceptedAgent {
  readonly agent: string;
  readonly choice: 'take' | 'retire';
  /** Given again with these limits; delegations that are not here end. */
  readonly delegations: readonly { readonly delegation: string; readonly limits: Limits }[];
}

export interface Acceptance {
  readonly purpose: 'countersign agent handover acceptance 1';
  readonly handover: string;
  /** Of all that was listed. */
  readonly digest: string;
  readonly server: string;
  readonly person: string;
  readonly agents: readonly AcceptedAgent[];
}

/** The canonical text of a choice. Names that are not in the list are refused, so that none is thought to count. */
function writeAcceptance(row: HandoverRow, person: string, choice: HandoverChoice): string {
  const content = readContent(row);
  requireListed(content, choice);
  const acceptance: Acceptance = {
    ...{ purpose: 'countersign agent handover acceptance 1', handover: row.id, digest: row.digest },
    ...{ server: content.server, person },
    agents: content.agents.map((agent) => {
      const chosen = readChoice(choice.agents, agent.id) ?? content.suggests;
      const kept = chosen === 'retire' ? [] : agent.delegations;
      return {
        ...{ agent: agent.id, choice: chosen },
        delegations: kept.flatMap(({ id, limits, proposed }) => {
          const wanted = readChoice(choice.delegations, id) ?? 'used';
          const given = wanted === 'all' ? limits : wanted === 'used' ? proposed : null;
          return given === null ? [] : [{ delegation: id, limits: given }];
        }),
      };
    }),
  };
  return canonicalJson(acceptance as unknown as JsonValue);
}

function readChoice<T>(choices: Readonly<Record<string, T>>, id: string): T | undefined {
  return Object.hasOwn(choices, id) ? choices[id] : undefined;
}

function requireListed({ agents }: HandoverContent, choice: HandoverChoice): void {
  const ids = new Set(agents.flatMap(({ id, delegations }) => [id, ...delegations.map((one) => one.id)]));
  for (const id of [...Object.keys(choice.agents), ...Object.keys(choice.delegations)])
    if (!ids.has(id)) throw new AppError('server.request_invalid', { detail: 'choice: not in the list' });
}
