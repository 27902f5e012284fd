import { AppError } from '@countersign/api';
import type { JsonObject } from '@countersign/core';
import { recordReport } from '../../../actions/index.ts';
import { find } from '../../authzen/index.ts';
import type { HookAnswer } from '../serve-hooks.ts';
import { readCallId } from './read-call-id.ts';
import type { AgentHook } from './serve-agent.ts';

/** What came of a call that was allowed, as the agent says; once. Throws `action.call_unknown`. */
export async function answerResult(hook: AgentHook, body: JsonObject): Promise<HookAnswer> {
  const { context, held, upstream, taskId, token } = hook;
  const handed = held.take(`${taskId}\n${readCallId(body)}`);
  if (handed.agentId !== token.agentId || handed.intent.upstream !== upstream)
    throw new AppError('action.call_unknown');
  const result = find(body, 'result') ?? null;
  await recordReport(context, handed, { isError: find(body, 'isError') === true, result });
  return { body: { recorded: true } };
}
