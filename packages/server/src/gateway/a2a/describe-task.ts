import type { AppError } from '@countersign/api';
import type { JsonObject } from '@countersign/core';
import type { Outcome } from '../../actions/index.ts';
import { describePending } from '../mcp/pending-reply.ts';
import type { PeerTask } from './peer-tasks.ts';

type Asked = Pick<Outcome & { kind: 'pending' }, 'approval' | 'link'>;

/** A call that waits for a person (A2A 1.0, section 7.6). The state authorises nothing: what a person signs does. */
export function describeWaiting(row: PeerTask, asked: Asked): JsonObject {
  const { approval, link } = asked;
  const text = [
    `PENDING ${approval.id}, code ${approval.matchCode}. A person was asked to approve this exact message: ${link}`,
    'It has not been sent on. Follow this task; it goes on by itself once it is approved. Do not try another way.',
  ].join('\n');
  return describeState(row, 'TASK_STATE_AUTH_REQUIRED', text, describePending(asked));
}

/** A call that was refused, in words its caller can act on and with nothing of the policy. */
export function describeRefused(row: Pick<PeerTask, 'id' | 'context'>, error: AppError): JsonObject {
  const { code, detail, entry } = error;
  const text = `REFUSED ${code}: ${detail === undefined ? entry.caller : `${entry.caller} (${detail})`}`;
  const facts = { code, retryable: entry.retryable, ...error.data };
  return describeState(row, 'TASK_STATE_REJECTED', text, { 'countersign/refusal': facts });
}

export function describeState(
  row: Pick<PeerTask, 'id' | 'context'>,
  state: string,
  text: string,
  metadata: JsonObject = {},
): JsonObject {
  const { id, context } = row;
  const message = {
    messageId: `${id}-${state.toLowerCase().replaceAll('_', '-')}`,
    ...{ role: 'ROLE_AGENT', taskId: id, contextId: context },
    parts: [{ text }],
    ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
  };
  return { id, contextId: context, status: { state, message } };
}

/** An answer that was no task, to a caller that follows one. */
export function describeAnswered(row: PeerTask, message: JsonObject): JsonObject {
  const artifact = { artifactId: `${row.id}-answer`, parts: message.parts ?? [] };
  const status = { state: 'TASK_STATE_COMPLETED', message };
  return { id: row.id, contextId: row.context, status, artifacts: [artifact] };
}
