import type { ControlClient } from '../../control/control-client.ts';
import type { Finding } from '../../dev-findings.ts';
import { formatTime } from '../../output/format-time.ts';
import type { RunFacts } from '../drills/report.ts';
import type { ScheduleFacts } from '../drills/schedule.ts';

/** How the last run of drills came out, and whether one is overdue. */
export async function checkDrills(api: ControlClient, now: number): Promise<readonly Finding[]> {
  const [runs, { schedule }] = await Promise.all([
    api.list<RunFacts>('/v1/exposure/drills/runs', { limit: 1 }, 1),
    api.get<{ schedule: ScheduleFacts | null }>('/v1/exposure/drills/schedule'),
  ]);
  return listDrillFindings({ newest: runs[0], schedule, now });
}

/** A run that takes its time is not overdue yet. */
const slackMilliseconds = 5 * 60_000;

/** Pure, over what is known of drills. */
export function listDrillFindings(known: {
  readonly newest: RunFacts | undefined;
  readonly schedule: ScheduleFacts | null;
  readonly now: number;
}): readonly Finding[] {
  const { newest, schedule, now } = known;
  const findings: Finding[] = [];
  const fix = 'countersign drills run';
  if (newest === undefined && schedule === null) {
    const what = 'no containment drill was ever run';
    findings.push({ id: 'drills.never', severity: 'info', what, fix });
  }
  if (newest?.passed === false) {
    const what = `drills were not contained at ${formatTime(newest.startedAt)}`;
    findings.push({
      id: 'drills.not_contained',
      severity: 'error',
      what,
      fix: `countersign drills show ${newest.id}`,
    });
  }
  if (schedule !== null) {
    const last = newest?.startedAt ?? null;
    const due = Math.max(last === null ? 0 : last + schedule.everySeconds * 1000, schedule.setAt);
    const isOverdue = now > due + slackMilliseconds;
    const what = `drills are overdue: the last run was ${last === null ? 'never' : `at ${formatTime(last)}`}`;
    if (isOverdue) findings.push({ id: 'drills.overdue', severity: 'warning', what, fix });
  }
  return findings;
}
