import type { JsonObject } from '@countersign/core';
import type { Context } from '../context.ts';
import type { DecisionRequest } from '../policies/index.ts';
import type { ApprovalInput } from './approval-state.ts';
import { countHidden } from './count-hidden.ts';
import { type Amount, formatMoney, readAmount } from './describe-amount.ts';
import { type Earlier, findEarlier, HISTORY_DAYS, listDestinations } from './history/find-earlier.ts';
import { findOddHour } from './history/find-odd-hour.ts';
import { countTimes, describeHidden, pickChips } from './pick-chips.ts';

type Finding = Pick<Context, 'store' | 'platform'>;

const dayMilliseconds = 24 * 60 * 60_000;
const newDefinitionDays = 7;
/** A tool's definition of the first day is no change. */
const settlingMilliseconds = 60 * 60_000;
const fewCalls = 5;

/**
 * What is unusual about the action, the most important first, at most three: from what its task has read, what people and
 * policy have said of the tool lately, and the calls of this agent that were let through before. Each holds as it stands.
 */
export async function findChips(context: Finding, input: ApprovalInput): Promise<readonly string[]> {
  const { decision, arguments: args } = input;
  const [earlier, denied, definitionAt] = await Promise.all([
    findEarlier(context, decision),
    countDenied(context, decision),
    findNewDefinition(context, decision),
  ]);
  return pickChips([
    describeHidden(countHidden(args), 'arguments'),
    describeRisk(decision),
    describeSource(input, 'untrusted'),
    describePlan(input),
    decision.tool?.confirmed === false && 'Nobody has confirmed what this tool does',
    decision.binding === 'none' && 'The program proves no key: whoever has its token could ask this',
    denied > 0 && `Denied by people ${countTimes(denied)} in the last 24 hours`,
    definitionAt !== null && `Its definition changed ${describeAge(decision.now - definitionAt)}`,
    describeHeight(earlier, readAmount(decision, args)),
    describeNews(earlier, decision, args),
    describeSource(input, 'model'),
    findOddHour(earlier.calls, decision.now),
    earlier.refused > 0 && `Refused by policy ${countTimes(earlier.refused)} in the last 24 hours`,
  ]);
}

/** Of those who answer for the agent, by name nobody: others read it too. */
function describeRisk({ risks }: DecisionRequest): string | false {
  const levels = [...(risks?.values() ?? [])];
  const worst = levels.includes('high') ? 'high' : levels[0];
  return worst !== undefined && `Signals report ${worst} risk for a person it acts for`;
}

async function countDenied(context: Finding, decision: DecisionRequest): Promise<number> {
  const row = await context.store.sql
    .selectFrom('approvals')
    .select((all) => all.fn.countAll<number>().as('count'))
    .where('agent_id', '=', decision.agent.id)
    .where('upstream', '=', decision.upstream)
    .where('tool', '=', decision.tool?.name ?? `${decision.operation} ${decision.target}`)
    .where('state', '=', 'denied')
    .where('drill', 'is', null)
    .where('decided_at', '>=', context.platform.now() - dayMilliseconds)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** When another definition of the tool was put in force than it came with, if that was lately. */
async function findNewDefinition(context: Finding, { tool, now }: DecisionRequest): Promise<number | null> {
  if (tool === null) return null;
  const row = await context.store.sql
    .selectFrom('tools')
    .innerJoin('upstreams', 'upstreams.name', 'tools.upstream')
    .select(['pinned_at', 'upstreams.created_at'])
    .where('tools.upstream', '=', tool.upstream)
    .where('tools.name', '=', tool.name)
    .executeTakeFirst();
  if (row === undefined || row.pinned_at - row.created_at < settlingMilliseconds) return null;
  return row.pinned_at >= now - newDefinitionDays * dayMilliseconds ? row.pinned_at : null;
}

function describeAge(milliseconds: number): string {
  const days = Math.floor(milliseconds / dayMilliseconds);
  if (days > 1) return `${days} days ago`;
  return days === 1 ? 'yesterday' : 'in the last 24 hours';
}

function describeSource(input: ApprovalInput, origin: 'untrusted' | 'model'): string | false {
  const traces = input.traces.filter(({ worst }) => worst === origin);
  const from =
    origin === 'untrusted' ? 'comes from text that outsiders can write' : 'stands in nothing that was read';
  if (traces.some(({ role }) => role === 'destination')) return `The destination ${from}`;
  return traces.some(({ role }) => role === 'amount') && `The amount ${from}`;
}

function describePlan({ plan }: ApprovalInput): string | false {
  if (plan === 'outside') return 'Outside the plan of its task';
  return plan === 'differs' && 'Differs from the plan of its task';
}

function describeHeight({ calls, isAll }: Earlier, amount: Amount | null): string | false {
  if (amount === null) return false;
  const before = calls.flatMap(({ spend }) =>
    spend !== null && spend.currency === amount.currency ? [spend.minor] : [],
  );
  if (before.length === 0) return false;
  const highest = Math.max(...before);
  const among = isAll ? `in ${HISTORY_DAYS} days` : `of the last ${before.length}`;
  const money = formatMoney({ ...amount, minor: highest });
  return amount.minor > highest && `Higher than any amount ${among}: the highest was ${money}`;
}

/** That it goes where none went before, or that there was none before. */
function describeNews(
  { calls, isAll }: Earlier,
  decision: DecisionRequest,
  args: JsonObject,
): string | false {
  if (calls.length === 0) return isAll && `First call of this tool by this agent in ${HISTORY_DAYS} days`;
  const known = new Set(calls.flatMap(({ destinations }) => destinations ?? []));
  const isKnown = calls.every(({ destinations }) => destinations !== null);
  const isNew = listDestinations(decision, args).some((place) => !known.has(place));
  if (!isNew || !isKnown || calls.length < fewCalls) return false;
  return `First time to this destination in ${calls.length} calls${isAll ? ` of ${HISTORY_DAYS} days` : ''}`;
}
