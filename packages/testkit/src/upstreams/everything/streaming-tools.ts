import { setTimeout as sleep } from 'node:timers/promises';
import { type EverythingState, type EverythingTool, NO_ARGUMENTS, textResult } from './everything-tool.ts';

const STEP_MILLISECONDS = 20;

/** Tools that say something before their result: progress, log lines, changes of a list. */
export function buildStreamingTools(state: EverythingState): readonly EverythingTool[] {
  return [
    {
      name: 'test_tool_with_progress',
      description: 'Reports progress three times when the caller sent a progress token',
      inputSchema: NO_ARGUMENTS,
      async call(_args, { mcpReq }) {
        const progressToken = mcpReq._meta?.progressToken;
        if (progressToken === undefined) return textResult('no progress token');
        for (const progress of [0, 50, 100]) {
          const params = { progressToken, progress, total: 100, message: `step ${progress} of 100` };
          await mcpReq.notify({ method: 'notifications/progress', params });
          await sleep(STEP_MILLISECONDS);
        }
        return textResult(String(progressToken));
      },
    },
    {
      name: 'test_tool_with_logging',
      description: 'Writes three log lines while it runs',
      inputSchema: NO_ARGUMENTS,
      async call(_args, { mcpReq }) {
        for (const data of ['started', 'at work', 'done']) {
          await mcpReq.notify({ method: 'notifications/message', params: { level: 'info', data } });
          await sleep(STEP_MILLISECONDS);
        }
        return textResult('logged three lines');
      },
    },
    {
      name: 'test_logging_tool',
      description: 'Logs through the request, so only when the caller asked for a log level',
      inputSchema: NO_ARGUMENTS,
      async call(_args, { mcpReq }) {
        await mcpReq.log('info', 'only callers who asked for a level see this');
        return textResult('logged if asked');
      },
    },
    {
      name: 'test_streaming_elicitation',
      description: 'Answers with a stream that carries a result and no request of the server',
      inputSchema: NO_ARGUMENTS,
      call: () => textResult('result frames only'),
    },
    {
      name: 'test_reconnection',
      description: 'Ends its stream in the middle of a call where the transport can resume it',
      inputSchema: NO_ARGUMENTS,
      async call(_args, { http }) {
        http?.closeSSE?.();
        await sleep(5 * STEP_MILLISECONDS);
        return textResult('Reconnection test completed successfully.');
      },
    },
    {
      name: 'test_trigger_tool_change',
      description: 'Announces a change of the tool list to every open subscription',
      inputSchema: NO_ARGUMENTS,
      call() {
        state.announceToolChange();
        return textResult('announced');
      },
    },
    {
      name: 'test_trigger_prompt_change',
      description: 'Announces a change of the prompt list to every open subscription',
      inputSchema: NO_ARGUMENTS,
      call() {
        state.announcePromptChange();
        return textResult('announced');
      },
    },
  ];
}
