import { inputRequired, type McpServer, type ServerContext } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { acceptedText, askForText } from './input-required-tools.ts';
import { PNG_BASE64 } from './media.ts';

export function registerPrompts(mcp: McpServer): void {
  mcp.registerPrompt('test_simple_prompt', { description: 'A prompt without arguments' }, () => ({
    messages: [userText('This is a simple prompt for testing.')],
  }));
  const argsSchema = z.object({ arg1: z.string(), arg2: z.string() });
  mcp.registerPrompt(
    'test_prompt_with_arguments',
    { description: 'A prompt with two', argsSchema },
    (args) => ({
      messages: [userText(`Prompt with arguments: arg1='${args.arg1}', arg2='${args.arg2}'`)],
    }),
  );
  mcp.registerPrompt(
    'test_prompt_with_embedded_resource',
    { description: 'A prompt that embeds a resource', argsSchema: z.object({ resourceUri: z.string() }) },
    ({ resourceUri }) => ({
      messages: [
        {
          role: 'user' as const,
          content: {
            type: 'resource' as const,
            resource: {
              uri: resourceUri,
              mimeType: 'text/plain',
              text: 'Embedded resource content for testing.',
            },
          },
        },
        userText('Please process the embedded resource above.'),
      ],
    }),
  );
  mcp.registerPrompt('test_prompt_with_image', { description: 'A prompt with an image' }, () => ({
    messages: [
      {
        role: 'user' as const,
        content: { type: 'image' as const, data: PNG_BASE64, mimeType: 'image/png' },
      },
      userText('Please analyze the image above.'),
    ],
  }));
  mcp.registerPrompt(
    'test_input_required_result_prompt',
    { description: 'Asks for a context before it renders (SEP-2322)' },
    (context: ServerContext) => {
      const given = acceptedText(context, 'user_context', 'context');
      if (given !== undefined) return { messages: [userText(`Use the following context: ${given}`)] };
      const question = askForText('What context should the prompt use?', 'context');
      return inputRequired({ inputRequests: { user_context: question } });
    },
  );
}

function userText(text: string) {
  return { role: 'user' as const, content: { type: 'text' as const, text } };
}
