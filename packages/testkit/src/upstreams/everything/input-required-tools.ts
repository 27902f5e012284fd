import {
  acceptedContent,
  CLIENT_CAPABILITIES_META_KEY,
  inputRequired,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { type EverythingTool, type JsonObject, NO_ARGUMENTS, textResult } from './everything-tool.ts';

/** Tools that return `input_required` without any state (SEP-2322). */
export const inputRequiredTools: readonly EverythingTool[] = [
  {
    name: 'test_input_required_result_elicitation',
    description: 'Asks for a name, then greets',
    inputSchema: NO_ARGUMENTS,
    call(_args, context) {
      const name = acceptedText(context, 'user_name', 'name');
      if (name !== undefined) return textResult(`Hello, ${name}!`);
      return inputRequired({ inputRequests: { user_name: askForText('What is your name?', 'name') } });
    },
  },
  {
    name: 'test_input_required_result_sampling',
    description: 'Asks for a completion, then repeats it',
    inputSchema: NO_ARGUMENTS,
    call(_args, context) {
      const answer = context.mcpReq.inputResponses?.capital_question;
      if (answer !== undefined) return textResult(`Sampling response: ${sampledText(answer)}`);
      const question = askForCompletion('What is the capital of France?');
      return inputRequired({ inputRequests: { capital_question: question } });
    },
  },
  {
    name: 'test_input_required_result_list_roots',
    description: 'Asks for the roots of the client, then lists them',
    inputSchema: NO_ARGUMENTS,
    call(_args, context) {
      const roots = listedRoots(context);
      if (roots !== undefined) return textResult(`${roots.length} root(s): ${JSON.stringify(roots)}`);
      return inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } });
    },
  },
  {
    name: 'test_missing_capability',
    description: 'Needs the sampling capability, which the caller may not have declared',
    inputSchema: NO_ARGUMENTS,
    call(_args, context) {
      if (context.mcpReq.inputResponses?.llm_answer !== undefined) return textResult('sampled');
      return inputRequired({ inputRequests: { llm_answer: askForCompletion('Say pong') } });
    },
  },
  {
    name: 'test_input_required_result_capabilities',
    description: 'Asks only for what the declared capabilities of the client allow',
    inputSchema: NO_ARGUMENTS,
    call(_args, context) {
      if (context.mcpReq.inputResponses !== undefined) return textResult('answered');
      const declared = declaredCapabilities(context);
      const inputRequests = {
        ...(Object.hasOwn(declared, 'elicitation') && {
          user_name: askForText('What is your name?', 'name'),
        }),
        ...(Object.hasOwn(declared, 'sampling') && { greeting: askForCompletion('Generate a greeting') }),
        ...(Object.hasOwn(declared, 'roots') && { client_roots: inputRequired.listRoots() }),
      };
      if (Object.keys(inputRequests).length === 0) return textResult('no declared capability to ask with');
      return inputRequired({ inputRequests });
    },
  },
];

export function askForText(message: string, field: string) {
  return inputRequired.elicit({
    message,
    requestedSchema: { type: 'object', properties: { [field]: { type: 'string' } }, required: [field] },
  });
}

export function askForCompletion(text: string) {
  return inputRequired.createMessage({
    messages: [{ role: 'user', content: { type: 'text', text } }],
    maxTokens: 100,
  });
}

export function acceptedText(context: ServerContext, key: string, field: string): string | undefined {
  const value = acceptedContent(context.mcpReq.inputResponses, key)?.[field];
  return typeof value === 'string' ? value : undefined;
}

export function sampledText(answer: unknown): string {
  const content = isObject(answer) ? answer.content : undefined;
  const text = isObject(content) ? content.text : undefined;
  return typeof text === 'string' ? text : JSON.stringify(answer);
}

export function listedRoots(context: ServerContext): unknown[] | undefined {
  const answer = context.mcpReq.inputResponses?.client_roots;
  const roots = isObject(answer) ? answer.roots : undefined;
  return Array.isArray(roots) ? roots : undefined;
}

export function declaredCapabilities(context: ServerContext): JsonObject {
  const envelope: JsonObject = { ...context.mcpReq.envelope };
  const declared = envelope[CLIENT_CAPABILITIES_META_KEY];
  return isObject(declared) ? declared : {};
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
