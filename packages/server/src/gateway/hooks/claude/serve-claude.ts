import { AppError, toAppError } from '@countersign/api';
import { recordReport } from '../../../actions/index.ts';
import { endSessionTask, openSessionTask, type SessionTask, type ToldPrompt } from '../../../tasks/index.ts';
import { type KnownHook, verifyHook } from '../../../tokens/index.ts';
import { find, readJsonBody } from '../../authzen/index.ts';
import { listHeaderValues } from '../../mcp/index.ts';
import { writeRefusal } from '../describe-refusal.ts';
import { type HookRequest, mostBodyBytes } from '../hook-request.ts';
import type { HookAnswer, InSlot } from '../serve-hooks.ts';
import { answerPreToolUse } from './answer-pre-tool-use.ts';
import { type ClaudeEvent, readEvent } from './read-event.ts';

/** An event of a hook that has shown its secret. */
export interface ClaudeHook<Event extends ClaudeEvent = ClaudeEvent> extends HookRequest {
  readonly hook: KnownHook;
  readonly event: Event;
}

/**
 * Serves `POST /hooks/claude`: HTTP hooks of Claude Code. Clients that do not know `onFailure: block` go on after an error
 * status, and what a model writes into a call can make it unreadable, too large or too many: whatever fails is answered
 * with 200, in words that stop the client. Throws `token.missing` for those who show nothing at all.
 */
export async function serveClaude(
  { context, request, query }: Omit<HookRequest, 'waitAside'>,
  inSlot: InSlot,
): Promise<HookAnswer> {
  let name: unknown = query.get('event');
  try {
    return await inSlot(async (parts) => {
      // Before anything is read: a stranger's slow body would take a place from those who have a secret.
      const hook = await authenticate(parts);
      const body = await readJsonBody(request, mostBodyBytes);
      name ??= find(body, 'hook_event_name');
      return await answer({ ...parts, hook, event: readEvent(body) });
    });
  } catch (thrown) {
    const error = toAppError(thrown);
    if (error.code === 'token.missing') throw error;
    if (error.code === 'server.internal') context.log.error({ err: error.cause ?? error }, 'a hook failed');
    return { body: block(name, writeRefusal(error)), refused: error.code };
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

/** Events at which no tool is about to be used. */
const otherEvents: ReadonlySet<unknown> = new Set([
  ...['PostToolUse', 'PostToolUseFailure', 'UserPromptSubmit', 'SessionStart', 'SessionEnd'],
]);

/** What stops every client. One that is told of another event than its own ignores it, so only what may be a call is denied as one. */
function block(event: unknown, reason: string): object {
  const blocked = { decision: 'block', reason };
  if (otherEvents.has(event)) return blocked;
  const denied = { permissionDecision: 'deny', permissionDecisionReason: reason };
  return { ...blocked, hookSpecificOutput: { hookEventName: 'PreToolUse', ...denied } };
}
