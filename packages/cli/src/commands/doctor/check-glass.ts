import type { ControlClient } from '../../control/control-client.ts';
import type { Finding } from '../../dev-findings.ts';
import type { Glass } from '../approvals/glass.ts';

/** Whether somebody let an action through alone and nobody has said within the day whether that was justified. */
export async function checkGlass(api: ControlClient): Promise<readonly Finding[]> {
  const { items } = await api.get<{ items: readonly Glass[] }>('/v1/approvals/glass?filter=due');
  return listGlassFindings(items);
}

/** Pure, over what waits for a review. */
export function listGlassFindings(due: readonly Pick<Glass, 'isOverdue'>[]): readonly Finding[] {
  const overdue = due.filter(({ isOverdue }) => isOverdue).length;
  if (overdue === 0) return [];
  const what =
    overdue === 1
      ? 'somebody broke the glass and the review of it is overdue'
      : `the glass was broken ${overdue} times and the reviews are overdue`;
  return [{ id: 'approvals.glass_overdue', severity: 'warning', what, fix: 'countersign approvals glass' }];
}
