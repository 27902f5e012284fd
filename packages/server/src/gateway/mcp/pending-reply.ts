import { isJsonObject, type JsonObject } from '@countersign/core';
import type { Outcome } from '../../actions/index.ts';
import type { Context } from '../../context.ts';
import type { PresentedToken } from '../../tokens/index.ts';
import type { ReadMessage } from './read-message.ts';
import { openRequestState, requestStateSeconds, sealRequestState } from './request-state.ts';
import { approvalInput, digestRequest } from './translate-message.ts';

type Pending = Outcome & { kind: 'pending' };
type Asked = Pick<Pending, 'approval' | 'link'>;

/**
 * Tells the caller that a person was asked. With URL elicitation declared: `input_required` with the link and sealed
 * state; a caller that already has the link gets the state alone and comes back by itself. Otherwise a plain result
 * that a model understands; the same call picks the approval up.
 */
export function pendingReply(
  context: Context,
  upstream: string,
  read: ReadMessage,
  caller: PresentedToken,
  pending: Pending,
): JsonObject {
  const { approval } = pending;
  const _meta = describePending(pending);
  if (!canElicit(read) || hasDeclined(read)) {
    return { jsonrpc: '2.0', id: read.id, result: { ...pendingResult(pending), _meta } };
  }
  const requestState = sealRequestState(context.masterKey, {
    agent: caller.agentId,
    key: caller.key,
    task: caller.taskId ?? '',
    request: digestRequest(upstream, read),
    expiresAt: context.platform.now() + requestStateSeconds * 1000,
    approval: approval.id,
  });
  const result = hasLink(context, read, approval.id)
    ? { resultType: 'input_required', requestState, _meta }
    : {
        resultType: 'input_required',
        inputRequests: { [approvalInput]: describeElicitation(pending) },
        requestState,
        _meta,
      };
  return { jsonrpc: '2.0', id: read.id, result };
}

/** What a program can know of the approval it waits for. */
export function describePending({ approval, link }: Asked): JsonObject {
  const { id, expiresAt, matchCode } = approval;
  return { 'countersign/approval': { approval: id, link, expiresAt, matchCode } };
}

export function pendingResult(pending: Pending): JsonObject {
  const text = writePending(pending);
  return { resultType: 'complete', content: [{ type: 'text', text }], isError: false };
}

/** What a model reads of the approval that its call waits for. */
export function writePending({ approval, link }: Asked): string {
  return [
    `PENDING ${approval.id}, code ${approval.matchCode}. A person was asked to approve this exact call: ${link}`,
    'It has not run. Call again with the same arguments after approval. Do not try another way.',
  ].join('\n');
}

function describeElicitation({ approval, link }: Pending): JsonObject {
  const message = `A person must approve this action (code ${approval.matchCode}). Open the page to see it and decide.`;
  return { method: 'elicitation/create', params: { mode: 'url', message, url: link } };
}

/** Whether the caller can show its person a page to open. */
export function canElicit({ capabilities }: ReadMessage): boolean {
  return isJsonObject(capabilities.elicitation) && isJsonObject(capabilities.elicitation.url);
}

/** Whether the caller's person would not open the link; its own model waits then, not we. */
export function hasDeclined({ params }: ReadMessage): boolean {
  const answers = params.inputResponses;
  const answer = isJsonObject(answers) ? answers[approvalInput] : undefined;
  return isJsonObject(answer) && answer.action !== 'accept';
}

function hasLink(context: Context, read: ReadMessage, approvalId: string): boolean {
  if (read.params.requestState === undefined) return false;
  return (
    openRequestState(context.masterKey, read.params.requestState, context.platform.now()).approval ===
    approvalId
  );
}
