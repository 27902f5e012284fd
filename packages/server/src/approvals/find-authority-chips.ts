import type { Context } from '../context.ts';
import type { AuthorityInput } from './approval-state.ts';
import { countHidden } from './count-hidden.ts';
import { describeHidden, pickChips } from './pick-chips.ts';

const historyLength = 500;
const dayMilliseconds = 24 * 60 * 60_000;

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
    describeHidden(hidden, 'request'),
    denied > 0 && `You denied it ${denied === 1 ? 'once' : `${denied} times`} in the last 24 hours`,
    limits.upstreams === '*' && limits.actions.includes('*') && 'Reaches every tool of every upstream',
    limits.effects.includes('admin') && 'May change access and settings',
    limits.effects.includes('spend') && limits.spendMinor === null && 'May spend without a limit',
    limits.depth > 0 && 'May pass it on to other agents',
    history.every((row) => row.state !== 'released') && 'You never gave this agent authority this way before',
  ];
  return pickChips(chips);
}
