import { setTimeout as sleep } from 'node:timers/promises';
import {
  inputRequired,
  MissingRequiredClientCapabilityError,
  type ServerContext,
} from '@modelcontextprotocol/server';
import {
  type EverythingState,
  type EverythingTool,
  type JsonObject,
  NO_ARGUMENTS,
  textResult,
} from './everything-tool.ts';
import { acceptedText, askForText, declaredCapabilities } from './input-required-tools.ts';
import type { TaskOutcome, TaskRun } from './task-board.ts';

export const TASKS_EXTENSION = 'io.modelcontextprotocol/tasks';

/** Throws -32021 unless this very request declares the tasks extension. */
export function requireTasksExtension(context: ServerContext): void {
  if (declaresTasks(context)) return;
  throw new MissingRequiredClientCapabilityError({
    requiredCapabilities: { extensions: { [TASKS_EXTENSION]: {} } },
  });
}

/** Tools that run as tasks (SEP-2663), and `greet`, which never does. */
export function buildTaskTools(state: EverythingState): readonly EverythingTool[] {
  return [
    {
      name: 'greet',
      description: 'Greets at once',
      inputSchema: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
      call: (args) => textResult(`Hello, ${String(args.name)}!`),
    },
    {
      name: 'slow_compute',
      description: 'Takes the given number of seconds; a task for callers that can follow one',
      inputSchema: {
        type: 'object',
        properties: { seconds: { type: 'number', minimum: 0, maximum: 600 }, label: { type: 'string' } },
      },
      async call(args, context) {
        const milliseconds = Number(args.seconds ?? 0) * 1000;
        const compute = async (signal: AbortSignal): Promise<TaskOutcome> => {
          await sleep(milliseconds, undefined, { signal, ref: false });
          return { result: textResult(`computed ${String(args.label ?? '')}`) };
        };
        if (declaresTasks(context)) return state.tasks.create((run) => compute(run.signal));
        const done = await compute(context.mcpReq.signal);
        return 'result' in done ? done.result : textResult(done.error.message);
      },
    },
    requiredTask(state, 'failing_job', async () => ({
      result: { ...textResult('the job failed'), isError: true },
    })),
    requiredTask(state, 'protocol_error_job', async () => ({
      error: { code: -32_603, message: 'the job could not be run' },
    })),
    requiredTask(state, 'confirm_delete', async (run) => {
      await run.ask({ confirm: elicitation('Delete the file?', 'confirm') });
      return { result: textResult('deleted') };
    }),
    requiredTask(state, 'multi_input', async (run) => {
      await run.ask({ first: elicitation('First?', 'name'), second: elicitation('Second?', 'name') });
      return { result: textResult('both answered') };
    }),
    {
      name: 'test_tool_with_task',
      description: 'Asks for a name first and becomes a task once it is given',
      inputSchema: NO_ARGUMENTS,
      call(_args, context) {
        requireTasksExtension(context);
        const name = acceptedText(context, 'user_name', 'name');
        if (name === undefined) {
          return inputRequired({ inputRequests: { user_name: askForText('What is your name?', 'name') } });
        }
        return state.tasks.create(async () => ({ result: textResult(`done for ${name}`) }));
      },
    },
  ];
}

function requiredTask(
  state: EverythingState,
  name: string,
  work: (run: TaskRun) => Promise<TaskOutcome>,
): EverythingTool {
  return {
    name,
    description: 'Runs only as a task',
    inputSchema: { type: 'object', properties: { filename: { type: 'string' } } },
    annotations: { destructiveHint: name === 'confirm_delete' },
    call(_args, context) {
      requireTasksExtension(context);
      return state.tasks.create(work);
    },
  };
}

function elicitation(message: string, field: string): JsonObject {
  return { ...askForText(message, field) };
}

function declaresTasks(context: ServerContext): boolean {
  const extensions = declaredCapabilities(context).extensions;
  return typeof extensions === 'object' && extensions !== null && Object.hasOwn(extensions, TASKS_EXTENSION);
}
