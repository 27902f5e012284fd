import { AppError, toAppError } from '@countersign/api';
import type { JsonObject } from '@countersign/core';
import { recordReport } from '../../../actions/index.ts';
import { endSessionTask, openSessionTask, type SessionTask, type ToldPrompt } from '../../../tasks/index.ts';
import { type KnownHook, verifyHook } from '../../../tokens/index.ts';
import { find, readJsonBody } from '../../authzen/index.ts';
import { listHeaderValues } from '../../mcp/index.ts';
import { writeRefusal } from '../describe-refusal.ts';
import { type HookRequest, mostBodyBytes } from '../hook-request.ts';
import type { HookAnswer } from '../serve-hooks.ts';
import { answerPreToolUse } from './answer-pre-tool-use.ts';
import { type ClaudeEvent, readEvent } from './read-event.ts';

/** An event of a hook that has shown its secret. */
export interface ClaudeHook<Event extends ClaudeEvent = ClaudeEvent> extends HookRequest {
  readonly hook: KnownHook;
  readonly event: Event;
}

/** Serves `POST /hooks/claude`: HTTP hooks of Claude Code. */
export async function serveClaude(parts: HookRequest): Promise<HookAnswer> {
  const body = await readJsonBody(parts.request, mostBodyBytes);
  try {
    const hook = await authenticate(parts);
    return await answer({ ...parts, hook, event: readEvent(body) });
  } catch (thrown) {
    const error = toAppError(thrown);
    const blocked = block(body, error);
    if (blocked === undefined) throw error;
    if (error.code === 'server.internal')
      parts.context.log.error({ err: error.cause ?? error }, 'a hook failed');
    return { body: blocked, refused: error.code };
  }
}

async function authenticate({ context, request }: HookRequest): Promise<KnownHook> {
  try {
    return await verifyHook(context, listHeaderValues(request.rawHeaders, 'authorization'));
  } catch (thrown) {
    context.unauthenticated.count(toAppError(thrown).code, 'hooks');
    throw thrown;
  }
}

function answer(parts: ClaudeHook): HookAnswer | Promise<HookAnswer> {
  const { event } = parts;
  switch (event.name) {
    case 'PreToolUse':
      return answerPreToolUse({ ...parts, event });
    case 'PostToolUse':
      return answerPostToolUse({ ...parts, event });
    case 'UserPromptSubmit':
      return answerPrompt({ ...parts, event });
    case 'SessionStart':
      return { body: {} };
    case 'SessionEnd':
      return answerEnd(parts);
  }
}

async function answerPostToolUse(
  parts: ClaudeHook<ClaudeEvent & { readonly name: 'PostToolUse' }>,
): Promise<HookAnswer> {
  const { context, held, event } = parts;
  const handed = held.take(callKey(parts, event.callId));
  if (handed.intent.tool !== event.tool) throw new AppError('action.call_unknown');
  await recordReport(context, handed, event);
  return { body: {} };
}

async function answerPrompt(
  parts: ClaudeHook<ClaudeEvent & { readonly name: 'UserPromptSubmit' }>,
): Promise<HookAnswer> {
  const { hook, event } = parts;
  if (!event.isPersons) return { body: {} };
  const prompt = { text: event.prompt, countsLater: hook.settings.prompts === 'each' };
  const { promptCounts } = await openTaskOf(parts, prompt);
  if (promptCounts) return { body: {} };
  return {
    body: { systemMessage: 'Countersign: this prompt adds nothing to what the session may do unasked.' },
  };
}

async function answerEnd(parts: ClaudeHook): Promise<HookAnswer> {
  await endSessionTask(parts.context, sessionOf(parts));
  return { body: {} };
}

export function openTaskOf(parts: ClaudeHook, prompt: ToldPrompt | null): Promise<SessionTask> {
  const { context, turns } = parts;
  const session = sessionOf(parts);
  return turns.take(`${session.point}\n${session.id}`, () => openSessionTask(context, session, prompt));
}

/** The session's name is the client's: at another hook the same name is another session. */
function sessionOf({ hook, event }: ClaudeHook) {
  return { point: hook.point.id, agentId: hook.settings.agentId, id: event.session };
}

export function callKey({ hook, event }: ClaudeHook, callId: string): string {
  return `${hook.point.id}\n${event.session}\n${callId}`;
}

/**
 * Clients that do not know `onFailure: block` go on after an error status, so what can be stopped is stopped in words
 * that all of them know.
 */
function block(body: JsonObject, error: AppError): object | undefined {
  const reason = writeRefusal(error);
  switch (find(body, 'hook_event_name')) {
    case 'PreToolUse':
      return denyCall(reason);
    case 'UserPromptSubmit':
      return { decision: 'block', reason };
    default:
      return undefined;
  }
}

function denyCall(permissionDecisionReason: string): object {
  const hookEventName = 'PreToolUse';
  return { hookSpecificOutput: { hookEventName, permissionDecision: 'deny', permissionDecisionReason } };
}
