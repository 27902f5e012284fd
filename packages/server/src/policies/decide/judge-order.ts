import { judgeSequence, type SequenceVerdict } from '@countersign/core';
import type { ParsedPolicy } from '../bundle/parse-bundle.ts';
import type { DecisionRequest } from '../policy-state.ts';

export type SequencedRequest = Pick<DecisionRequest, 'task' | 'now'>;

const HOLDS: SequenceVerdict = { holds: true };
const UNKNOWN: SequenceVerdict = { holds: false, because: 'there is no task' };

/** Whether the policy counts for the request, by what the task has done so far. */
export function judgeOrder(
  { sequence, effect }: Pick<ParsedPolicy, 'sequence' | 'effect'>,
  request: SequencedRequest | null,
): SequenceVerdict {
  if (sequence === null) return HOLDS;
  if (request === null) return effect === 'forbid' ? HOLDS : UNKNOWN;
  return judgeSequence(sequence, effect, request.task.history, request.now);
}
