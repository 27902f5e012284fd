import { AppError } from '@countersign/api';
import { endAgent, type LoadedAgent, loadAgent, moveOwner } from '../../agents/index.ts';
import type { Context } from '../../context.ts';
import {
  type DelegationRow,
  fitBudgets,
  replaceDelegation,
  revokeDelegationsTo,
  toChainLink,
} from '../../delegations/index.ts';
import { isAllowed } from '../../people/index.ts';
import { sha256 } from '../../platform/sha256.ts';
import type { Transaction } from '../../plugins/database/database.ts';
import { describeCut } from '../../signals/index.ts';
import type { Acceptance, AcceptedAgent } from './accept-handover.ts';
import { type AgentOutcome, type HandoverRow, loadHandover, readContent, readOutcomes } from './handover.ts';
import { listGiven } from './offer-agents.ts';

/** Does what was accepted, an agent at a time, each whole or not at all; what was done before is not done again. */
export async function applyHandover(context: Context, id: string): Promise<void> {
  const row = await loadHandover(context.store.sql, id);
  if (row.state !== 'accepted' || row.choice === null) return;
  const acceptance: Acceptance = JSON.parse(row.choice);
  for (const accepted of acceptance.agents) {
    if (Object.hasOwn(readOutcomes(row), accepted.agent)) continue;
    const hold = context.stops.hold('agent', accepted.agent, new AppError('agent.not_active'));
    try {
      await context.store.transaction((tx) => applyToAgent(context, tx, { row, accepted, cut: hold.cut }));
    } finally {
      hold.release();
    }
  }
}

interface Applying {
  readonly row: HandoverRow;
  readonly accepted: AcceptedAgent;
  readonly cut: readonly string[];
}

async function applyToAgent(context: Context, tx: Transaction, applying: Applying): Promise<void> {
  const { row, accepted } = applying;
  const fresh = await loadHandover(tx.sql, row.id);
  const outcomes = readOutcomes(fresh);
  if (Object.hasOwn(outcomes, accepted.agent)) return;
  const agent = await loadAgent(tx.sql, accepted.agent);
  const listed = readContent(row).agents.find(({ id }) => id === agent.id);
  // Somebody else changed it meanwhile: what was signed is about another state of things.
  const isSame = listed !== undefined && listed.ownerId === agent.owner_id && agent.state !== 'retired';
  // Asked of each: what a crash interrupted is done later, when who accepted it may have left.
  const isOwner = await isAllowed(tx, row.to_person_id, 'agents.change');
  const outcome =
    isSame && isOwner
      ? await hand(context, tx, agent, applying)
      : leave(
          isSame ? 'who accepted it may not own agents any more' : 'its owner or state was changed meanwhile',
        );
  await tx.sql
    .updateTable('agent_handovers')
    .set({ outcomes: JSON.stringify({ ...outcomes, [agent.id]: outcome }) })
    .where('id', '=', row.id)
    .execute();
}

function leave(reason: string): AgentOutcome {
  return { outcome: 'left', reason, delegations: [] };
}

async function hand(
  context: Context,
  tx: Transaction,
  agent: LoadedAgent,
  { row, accepted, cut }: Applying,
): Promise<AgentOutcome> {
  const by = row.to_person_id;
  const now = context.platform.now();
  const given = await listGiven(tx.sql, agent, now);
  const about = { by, handover: row.id, ...describeCut(cut) };
  const record = context.platform.newId('rec');
  const causes = [record];
  tx.record({
    ...{ id: record, kind: 'agent.handed_over', at: now, causes: [...agent.causes, row.proposed_record] },
    ...{ agent: agent.id, person: by },
    body: {
      ...{ ...about, from: agent.owner_id, to: by, choice: accepted.choice },
      ...{ digest: sha256(row.choice ?? ''), delegations: accepted.delegations.map((one) => one.delegation) },
    },
  });
  const isMoved = agent.owner_id !== by;
  if (accepted.choice === 'retire') {
    await endAgent(context, tx, agent, { by, causes, body: about });
    return { outcome: 'retired', reason: null, delegations: [] };
  }
  // Before anything is given: who could approve is asked of an agent that is theirs.
  if (isMoved) await moveOwner(context, tx, agent, by, about);
  const again = { given, accepted, by, causes, handover: row.id };
  const { delegations, lacking } = await giveAgain(context, tx, again);
  const former = { agentId: agent.id, fromPersonId: agent.owner_id, by, causes };
  if (isMoved) await revokeDelegationsTo(context, tx, former);
  await context.tasks.close(tx, { under: { agent: agent.id }, reason: 'agent_stopped', by, causes });
  const named = lacking.map((purpose) => `“${purpose}”`).join(', ');
  const reason = `nobody but its new owner could approve under ${named}, so it ended`;
  return { outcome: 'taken', reason: lacking.length === 0 ? null : reason, delegations };
}

interface GivingAgain {
  readonly given: readonly DelegationRow[];
  readonly accepted: AcceptedAgent;
  readonly by: string;
  readonly causes: readonly string[];
  readonly handover: string;
}

interface GivenAgain {
  /** New ones. */
  readonly delegations: readonly string[];
  /** Purposes of those that nobody could approve for. */
  readonly lacking: readonly string[];
}

async function giveAgain(
  context: Context,
  tx: Transaction,
  { given, accepted, by, causes, handover }: GivingAgain,
): Promise<GivenAgain> {
  const delegations: string[] = [];
  const lacking: string[] = [];
  for (const { delegation, limits } of accepted.delegations) {
    const row = given.find(({ id }) => id === delegation);
    if (row === undefined) continue;
    const left = await fitBudgets(tx, row, limits);
    const { limits: most } = toChainLink(row);
    const replacement = { row, limits: left, giverId: by, most, by, causes, body: { handover } };
    try {
      delegations.push(await replaceDelegation(context, tx, replacement));
    } catch (thrown) {
      if (!(thrown instanceof AppError && thrown.code === 'delegation.no_approver')) throw thrown;
      lacking.push(row.purpose);
    }
  }
  return { delegations, lacking };
}
