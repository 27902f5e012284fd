import type { LedgerRecord } from '@countersign/api';
import type { JsonValue } from '@countersign/core';
import type { Context } from '../context.ts';
import { sha256 } from '../platform/sha256.ts';
import { listLabelsOf } from './learn-result.ts';
import type { HandedCall } from './record-handover.ts';

/** What whoever made a call says came of it. */
export interface CallReport {
  readonly isError: boolean;
  readonly result: JsonValue;
}

/** Longer results are recorded by their digest and beginning. */
const recordedCharacters = 8192;

/** States durably what is said to have come of a call that was handed over: a claim, for nothing of it came by here. */
export async function recordReport(
  context: Context,
  { intent, decisionRecord, taskId, tool }: HandedCall,
  { isError, result }: CallReport,
): Promise<void> {
  const text = JSON.stringify(result);
  // Whoever says so may be the agent itself.
  const { history, models } = await context.tasks.lease(taskId);
  history.noteArrival(listLabelsOf(tool));
  const id = context.platform.newId('rec');
  history.values.learn(result, 'untrusted', id);
  const record: LedgerRecord = {
    ...intent,
    id,
    kind: 'action.reported',
    at: context.platform.now(),
    causes: [intent.id, decisionRecord],
    body: {
      ...intent.body,
      result: text.slice(0, recordedCharacters).toWellFormed(),
      resultCharacters: text.length,
      resultDigest: sha256(text),
      status: isError ? 'tool_error' : 'completed',
    },
  };
  if (record.toolCall !== undefined) models.noteResult(record.toolCall, record.id);
  await context.store.append([record]);
}
