import {
  type McpServer,
  ProtocolError,
  ProtocolErrorCode,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { JsonObject } from './everything-tool.ts';
import type { TaskBoard } from './task-board.ts';
import { requireTasksExtension } from './task-tools.ts';

const HEADER_MISMATCH = -32_020;
const named = z.looseObject({ taskId: z.string() });

/** `tasks/get`, `tasks/update` and `tasks/cancel` of SEP-2663. */
export function registerTaskMethods(mcp: McpServer, tasks: TaskBoard): void {
  const guard = (taskId: string, context: ServerContext): void => {
    requireTasksExtension(context);
    const header = context.http?.req?.headers.get('mcp-name');
    if (typeof header === 'string' && header !== taskId) {
      throw new ProtocolError(HEADER_MISMATCH, 'Mcp-Name does not match params.taskId');
    }
  };
  mcp.server.setRequestHandler('tasks/get', { params: named }, ({ taskId }, context) => {
    guard(taskId, context);
    return { resultType: 'complete', ...requireFound(tasks.find(taskId)) };
  });
  mcp.server.setRequestHandler('tasks/update', { params: named }, ({ taskId }, context) => {
    guard(taskId, context);
    // The library takes `inputResponses` out of the parameters of every method.
    requireFound(tasks.answer(taskId, context.mcpReq.inputResponses ?? {}) ? {} : undefined);
    return { resultType: 'complete' };
  });
  mcp.server.setRequestHandler('tasks/cancel', { params: named }, ({ taskId }, context) => {
    guard(taskId, context);
    requireFound(tasks.cancel(taskId) ? {} : undefined);
    return { resultType: 'complete' };
  });
}

function requireFound(found: JsonObject | undefined): JsonObject {
  if (found === undefined) throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'unknown task');
  return found;
}
