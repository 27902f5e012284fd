import { AppError } from '@countersign/api';
import type { Transaction } from '../../plugins/database/database.ts';

/** Open at once, of one agent to one person. */
const mostOpen = 5;
/** In an hour, of one agent to one person. */
const mostOfOneAgent = 10;
/** In an hour, of all agents to one person. */
const mostToOnePerson = 30;
/** In an hour, requests of one agent that were refused before anybody was asked. */
const mostRefused = 20;
/** In an hour, the answers of one person to one agent after which it has been told. */
const mostDenied = 3;
const hourMilliseconds = 3_600_000;

/**
 * Asking without end is how approvals are worn out of people (OWASP ASI09), and guessing is how people are found out.
 * Throws `token.asked_too_often`. Counted in the transaction that keeps the request, so that none slips past.
 */
export async function requireMeasure(
  tx: Pick<Transaction, 'sql'>,
  asking: { readonly agentId: string; readonly personId: string | null; readonly now: number },
): Promise<void> {
  const { agentId, personId, now } = asking;
  const lately = tx.sql.selectFrom('backchannel_asks').where('asked_at', '>', now - hourMilliseconds);
  const refused = await lately
    .select((all) => all.fn.countAll<number>().as('count'))
    .where('agent_id', '=', agentId)
    .where('approval_id', 'is', null)
    .executeTakeFirstOrThrow();
  if (Number(refused.count) >= mostRefused) throw refuse();
  if (personId === null) return;
  const asked = await lately
    .leftJoin('approvals', 'approvals.id', 'backchannel_asks.approval_id')
    .select(['backchannel_asks.agent_id', 'approvals.state', 'approvals.expires_at'])
    .where('backchannel_asks.person_id', '=', personId)
    .where('approval_id', 'is not', null)
    .limit(mostToOnePerson + 1)
    .execute();
  const own = asked.filter((row) => row.agent_id === agentId);
  const open = own.filter((row) => row.state === 'requested' && (row.expires_at ?? 0) > now);
  const denied = own.filter((row) => row.state === 'denied');
  if (asked.length >= mostToOnePerson || own.length >= mostOfOneAgent) throw refuse();
  if (open.length >= mostOpen || denied.length >= mostDenied) throw refuse();
}

function refuse(): AppError {
  return new AppError('token.asked_too_often', { headers: { 'retry-after': '600' } });
}
