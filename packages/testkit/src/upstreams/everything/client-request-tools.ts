import { inputRequired, type ServerContext } from '@modelcontextprotocol/server';
import { type EverythingTool, type JsonObject, NO_ARGUMENTS, textResult } from './everything-tool.ts';

/** Tools that ask the client: in the middle of the call in revision 2025-11-25, by `input_required` in the later one. */
export const clientRequestTools: readonly EverythingTool[] = [
  {
    name: 'test_sampling',
    description: 'Asks the client for a completion',
    inputSchema: oneString('prompt'),
    call(args, { mcpReq }) {
      const answer = mcpReq.inputResponses?.answer as { readonly content?: unknown } | undefined;
      if (answer !== undefined) return textResult(`LLM response: ${JSON.stringify(answer.content)}`);
      const message = {
        role: 'user' as const,
        content: { type: 'text' as const, text: String(args.prompt) },
      };
      return inputRequired({
        inputRequests: { answer: inputRequired.createMessage({ messages: [message], maxTokens: 100 }) },
      });
    },
  },
  {
    name: 'test_elicitation',
    description: 'Asks the person behind the client for one line',
    inputSchema: oneString('message'),
    call: (args, context) =>
      elicit(context, String(args.message), {
        type: 'object',
        properties: { response: { type: 'string', description: 'Your answer' } },
        required: ['response'],
      }),
  },
  {
    name: 'test_elicitation_sep1034_defaults',
    description: 'Asks with a default for every primitive type (SEP-1034)',
    inputSchema: NO_ARGUMENTS,
    call: (_args, context) =>
      elicit(context, 'Please review the fields', {
        type: 'object',
        properties: {
          name: { type: 'string', default: 'John Doe' },
          age: { type: 'integer', default: 30 },
          score: { type: 'number', default: 95.5 },
          status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
          verified: { type: 'boolean', default: true },
        },
        required: [],
      }),
  },
  {
    name: 'test_elicitation_sep1330_enums',
    description: 'Asks with each of the five kinds of choice (SEP-1330)',
    inputSchema: NO_ARGUMENTS,
    call: (_args, context) => elicit(context, 'Please choose', CHOICES),
  },
];

const titled = (...titles: string[]) => titles.map((title, index) => ({ const: `value${index + 1}`, title }));
const CHOICES: JsonObject = {
  type: 'object',
  properties: {
    untitledSingle: { type: 'string', enum: ['option1', 'option2', 'option3'] },
    titledSingle: { type: 'string', oneOf: titled('First Option', 'Second Option', 'Third Option') },
    legacyEnum: {
      type: 'string',
      enum: ['opt1', 'opt2', 'opt3'],
      enumNames: ['Option One', 'Option Two', 'Option Three'],
    },
    untitledMulti: { type: 'array', items: { type: 'string', enum: ['option1', 'option2', 'option3'] } },
    titledMulti: { type: 'array', items: { anyOf: titled('First Choice', 'Second Choice', 'Third Choice') } },
  },
  required: [],
};

function oneString(name: string): JsonObject {
  return { type: 'object', properties: { [name]: { type: 'string' } }, required: [name] };
}

function elicit({ mcpReq }: ServerContext, message: string, requestedSchema: JsonObject) {
  const answer = mcpReq.inputResponses?.answer as
    | { readonly action?: string; readonly content?: unknown }
    | undefined;
  if (answer !== undefined) {
    const content = JSON.stringify(answer.content ?? {});
    return textResult(`Elicitation completed: action=${answer.action}, content=${content}`);
  }
  const params = { message, requestedSchema } as Parameters<typeof inputRequired.elicit>[0];
  return inputRequired({ inputRequests: { answer: inputRequired.elicit(params) } });
}
