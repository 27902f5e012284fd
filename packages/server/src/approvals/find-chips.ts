import { findAtPointer, type JsonObject, type JsonValue, renderHonestly } from '@countersign/core';
import type { Context } from '../context.ts';
import type { DecisionRequest } from '../policies/index.ts';
import type { AuthorityInput } from './approval-state.ts';
import { readAmount } from './describe-action.ts';

const mostChips = 3;
const historyLength = 500;
const dayMilliseconds = 24 * 60 * 60_000;

/** What is unusual about the action, the most important first; computed from earlier requests kept here. */
export async function findChips(
  context: Pick<Context, 'store' | 'platform'>,
  decision: DecisionRequest,
  args: JsonObject,
): Promise<readonly string[]> {
  const history = await context.store.sql
    .selectFrom('approvals')
    .select(['state', 'signed_action', 'requested_at'])
    .where('agent_id', '=', decision.agent.id)
    .where('upstream', '=', decision.upstream)
    .where('tool', '=', decision.tool?.name ?? decision.target)
    .orderBy('requested_at', 'desc')
    .limit(historyLength)
    .execute();
  const released = history.filter((row) => row.state === 'released');
  const since = context.platform.now() - dayMilliseconds;
  const denied = history.filter((row) => row.state === 'denied' && row.requested_at >= since).length;
  const hidden = countHidden(args);
  const amount = readAmount(decision, args);
  const earlier = released.map((row) =>
    readEarlierAmount(row.signed_action, decision.tool?.amountPointer ?? null),
  );
  const highest = Math.max(Number.NEGATIVE_INFINITY, ...earlier);
  const chips = [
    hidden > 0 &&
      `${hidden} hidden or misleading ${hidden === 1 ? 'character' : 'characters'} in the arguments`,
    decision.tool?.confirmed === false && 'Nobody has confirmed what this tool does',
    decision.binding === 'none' && 'The program proves no key: whoever has its token could ask this',
    denied > 0 && `Denied ${denied === 1 ? 'once' : `${denied} times`} in the last 24 hours`,
    amount !== null &&
      Number.isFinite(highest) &&
      amount.minor > highest &&
      'Higher than any amount approved before',
    released.length === 0 && 'Never approved before for this agent and tool',
  ];
  return chips.filter((chip) => chip !== false).slice(0, mostChips);
}

/** What is unusual about authority that is asked for, the most important first. */
export async function findAuthorityChips(
  context: Pick<Context, 'store' | 'platform'>,
  { agent, asked, limits, purpose }: AuthorityInput,
): Promise<readonly string[]> {
  const history = await context.store.sql
    .selectFrom('approvals')
    .select(['state', 'requested_at'])
    .where('agent_id', '=', agent.id)
    .where('asked_person_id', '=', asked.personId)
    .where('kind', '=', 'authority')
    .orderBy('requested_at', 'desc')
    .limit(historyLength)
    .execute();
  const since = context.platform.now() - dayMilliseconds;
  const denied = history.filter((row) => row.state === 'denied' && row.requested_at >= since).length;
  const hidden = countHidden([purpose, asked.message ?? '', JSON.parse(JSON.stringify(limits))]);
  const chips = [
    hidden > 0 &&
      `${hidden} hidden or misleading ${hidden === 1 ? 'character' : 'characters'} in the request`,
    denied > 0 && `You denied it ${denied === 1 ? 'once' : `${denied} times`} in the last 24 hours`,
    limits.upstreams === '*' && limits.actions.includes('*') && 'Reaches every tool of every upstream',
    limits.effects.includes('admin') && 'May change access and settings',
    limits.effects.includes('spend') && limits.spendMinor === null && 'May spend without a limit',
    limits.depth > 0 && 'May pass it on to other agents',
    history.every((row) => row.state !== 'released') && 'You never gave this agent authority this way before',
  ];
  return chips.filter((chip) => chip !== false).slice(0, mostChips);
}

function readEarlierAmount(signedAction: string, pointer: string | null): number {
  if (pointer === null) return Number.NEGATIVE_INFINITY;
  const { arguments: args }: { readonly arguments: JsonValue } = JSON.parse(signedAction);
  const [minor] = findAtPointer(args, pointer);
  return typeof minor === 'number' ? minor : Number.NEGATIVE_INFINITY;
}

/** Flagged pieces in every text of the arguments, keys included; line ends and tabs are not hidden. */
export function countHidden(value: JsonValue): number {
  if (typeof value === 'string') {
    const { counts } = renderHonestly(value);
    return Object.entries(counts).reduce(
      (sum, [flag, count]) => (flag === 'newline' || flag === 'tab' ? sum : sum + count),
      0,
    );
  }
  if (typeof value !== 'object' || value === null) return 0;
  const parts: readonly JsonValue[] = Array.isArray(value) ? value : Object.entries(value).flat();
  return parts.reduce((sum: number, part) => sum + countHidden(part), 0);
}
