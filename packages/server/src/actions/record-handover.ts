import type { LedgerRecord } from '@countersign/api';
import type { Context } from '../context.ts';
import type { Released } from './stages.ts';

/** How the part ended that this server sees: the enforcement point was told, and acts. */
export function recordHandover(context: Context, released: Released): void {
  const { intent, decisionRecord, cause } = released;
  const record: LedgerRecord = {
    ...intent,
    id: context.platform.newId('rec'),
    kind: 'action.outcome',
    at: context.platform.now(),
    causes: cause === decisionRecord ? [intent.id, decisionRecord] : [intent.id, decisionRecord, cause],
    body: { askedBy: released.asked?.by ?? '', status: 'handed_over' },
  };
  // Not awaited, as with every outcome: a start after a crash finds what is missing.
  context.store.append([record]).catch((error: unknown) => {
    const code = (error as { code?: string }).code;
    context.log.error({ action: released.id, code }, 'an outcome could not be recorded');
  });
}
