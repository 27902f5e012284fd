import { isJsonObject, type JsonObject } from '@countersign/core';
import type { Outcome } from '../../../actions/index.ts';
import type { Context } from '../../../context.ts';
import { describePending, pendingResult } from '../pending-reply.ts';
import type { LegacyRequest } from './read-legacy-message.ts';
import type { LegacySession } from './session.ts';
import { toLegacyResult } from './to-legacy-message.ts';

type Pending = Outcome & { kind: 'pending' };

/** `URLElicitationRequiredError` (MCP 2025-11-25, Elicitation). */
export const elicitationRequired = -32_042;
const mostAwaited = 256;

/** Whether the client can show its person a page to open. */
export function canOpenPages({ hello }: LegacySession): boolean {
  const { elicitation } = hello.capabilities;
  return isJsonObject(elicitation) && isJsonObject(elicitation.url);
}

/** Tells the client which page its person has to open; the same call, sent again after the decision, goes on. */
export function demandApproval(request: LegacyRequest, pending: Pending): JsonObject {
  const { approval, link } = pending;
  const message = `A person must approve this action (code ${approval.matchCode}). Open the page to see it and decide.`;
  const elicitation = { mode: 'url', elicitationId: approval.id, url: link, message };
  const error = {
    code: elicitationRequired,
    message: `Approval ${approval.id} is needed before this can run.`,
    data: { elicitations: [elicitation], ...describePending(pending) },
  };
  return { jsonrpc: '2.0', id: request.id, error };
}

/** Says the same in words that a model can act on. */
export function explainApproval(request: LegacyRequest, pending: Pending): JsonObject {
  const result = { ...toLegacyResult(pendingResult(pending)), _meta: describePending(pending) };
  return { jsonrpc: '2.0', id: request.id, result };
}

/** Tells the client once it is decided, on the session's own stream. */
export function announceDecision(context: Context, session: LegacySession, approvalId: string): void {
  if (session.awaited.has(approvalId) || session.awaited.size >= mostAwaited) return;
  session.awaited.add(approvalId);
  let stopListening = () => {};
  const forget = (): void => {
    stopListening();
    session.awaited.delete(approvalId);
    session.ended.removeEventListener('abort', forget);
  };
  const look = (): void => {
    // One vote of several changes it too.
    if (context.approvals.find(approvalId)?.state === 'requested') {
      stopListening = context.approvals.onChange(approvalId, look);
      return;
    }
    forget();
    const params = { elicitationId: approvalId };
    session.log.own.send({ jsonrpc: '2.0', method: 'notifications/elicitation/complete', params });
  };
  session.ended.addEventListener('abort', forget, { once: true });
  look();
}
