import type { LedgerRecord } from '@countersign/api';
import type { Context } from '../context.ts';
import type { PinnedTool } from '../upstreams/index.ts';
import type { Released } from './stages.ts';

/** What is kept of a call that somebody else makes, to know its result by. */
export interface HandedCall {
  /** Without what was asked. */
  readonly intent: LedgerRecord;
  readonly decisionRecord: string;
  readonly agentId: string;
  readonly taskId: string;
  readonly tool: PinnedTool | null;
}

export function describeHanded({ intent, decisionRecord, agent, task, tool, asked }: Released): HandedCall {
  const bare = { ...intent, body: { askedBy: asked?.by ?? '' } };
  return { intent: bare, decisionRecord, agentId: agent.id, taskId: task.id, tool };
}

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
