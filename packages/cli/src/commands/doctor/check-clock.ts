import type { Finding } from '../../dev-findings.ts';
import { formatTime } from '../../output/format-time.ts';
import type { Session } from '../../session.ts';
import type { ClockFacts } from '../ledger/clock-facts.ts';

/** Whether evidence is retired at all: a clock that has jumped is not believed for three days. */
export async function checkClock(api: ReturnType<Session['api']>): Promise<readonly Finding[]> {
  const { jumpedAt } = await api.get<ClockFacts>('/v1/ledger/clock');
  if (jumpedAt === null) return [];
  const what = `no evidence is retired: the clock was found to have jumped, at ${formatTime(jumpedAt)} as it says`;
  const fix = `if it is right: countersign ledger clock --confirm ${jumpedAt}`;
  return [{ id: 'ledger.clock_doubted', severity: 'info', what, fix }];
}
