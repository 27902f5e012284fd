import { isJsonObject, type JsonObject, type Obligations } from '@countersign/core';
import type { Context } from '../../context.ts';
import type { PresentedToken } from '../../tokens/index.ts';
import type { ReadMessage } from './read-message.ts';
import { requestStateSeconds, sealRequestState } from './request-state.ts';
import { sealTaskHandle } from './task-handle.ts';
import { digestRequest, tasksExtension } from './translate-message.ts';

/** Puts an upstream's answer in terms that only this caller can use; returns the very same object when nothing had to change. */
export function translateReply(
  context: Context,
  upstream: string,
  read: ReadMessage,
  caller: PresentedToken,
  response: JsonObject,
  owed: Obligations,
): JsonObject {
  const { result } = response;
  if (!isJsonObject(result)) return response;
  if (read.method === 'server/discover') return { ...response, result: offerTasks(result) };
  if (typeof result.requestState === 'string') {
    const requestState = sealRequestState(context.masterKey, {
      agent: caller.agentId,
      key: caller.key,
      task: caller.taskId ?? '',
      request: digestRequest(upstream, read),
      expiresAt: context.platform.now() + requestStateSeconds * 1000,
      upstream: result.requestState,
    });
    return { ...response, result: { ...result, requestState } };
  }
  if (typeof result.taskId === 'string') {
    // A follow-up keeps the handle it came with, so that the caller sees one id for one task.
    const taskId = read.method.startsWith('tasks/')
      ? (read.name ?? '')
      : sealTaskHandle(
          context.masterKey,
          { taskId: result.taskId, owed },
          { agent: caller.agentId, upstream },
        );
    return { ...response, result: { ...result, taskId } };
  }
  return response;
}

/** Whatever the upstream can do, a call that waits for a person can be followed here. */
function offerTasks(result: JsonObject): JsonObject {
  const capabilities = isJsonObject(result.capabilities) ? result.capabilities : {};
  const extensions = isJsonObject(capabilities.extensions) ? capabilities.extensions : {};
  const offered = { ...capabilities, extensions: { [tasksExtension]: {}, ...extensions } };
  return { ...result, capabilities: offered };
}
