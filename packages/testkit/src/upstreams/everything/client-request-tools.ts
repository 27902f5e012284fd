import type { ServerContext } from '@modelcontextprotocol/server';
import { type EverythingTool, type JsonObject, NO_ARGUMENTS, textResult } from './everything-tool.ts';

/** Tools that ask the client in the middle of a call, as revision 2025-11-25 does; later revisions refuse. */
export const clientRequestTools: readonly EverythingTool[] = [
  {
    name: 'test_sampling',
    description: 'Asks the client for a completion',
    inputSchema: oneString('prompt'),
    async call(args, context) {
      const message = { role: 'user', content: { type: 'text', text: String(args.prompt) } };
      const answer = await context.mcpReq.send({
        method: 'sampling/createMessage',
        params: { messages: [message], maxTokens: 100 },
      });
      return textResult(`LLM response: ${JSON.stringify(answer.content)}`);
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

async function elicit(context: ServerContext, message: string, requestedSchema: JsonObject) {
  const answer = await context.mcpReq.send({
    method: 'elicitation/create',
    params: { message, requestedSchema },
  });
  return textResult(
    `Elicitation completed: action=${answer.action}, content=${JSON.stringify(answer.content ?? {})}`,
  );
}
