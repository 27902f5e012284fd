import { isJsonObject, type JsonObject } from '@countersign/core';
import { everyUpstream } from '../../../upstreams/index.ts';

/** A task that was made by one upstream is followed up there: its handle says where. */
export function exposeTask(door: string, upstream: string, message: JsonObject): JsonObject {
  const { result } = message;
  if (door !== everyUpstream || !isJsonObject(result) || typeof result.taskId !== 'string') return message;
  return { ...message, result: { ...result, taskId: `${upstream}__${result.taskId}` } };
}
