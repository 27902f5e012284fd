import { type EverythingTool, NO_ARGUMENTS, textResult } from './everything-tool.ts';
import { PNG_BASE64, WAV_BASE64 } from './media.ts';

const image = { type: 'image', data: PNG_BASE64, mimeType: 'image/png' };

export const contentTools: readonly EverythingTool[] = [
  {
    name: 'test_simple_text',
    description: 'Answers with one text block',
    inputSchema: NO_ARGUMENTS,
    annotations: { readOnlyHint: true },
    call: () => textResult('This is a simple text response for testing.'),
  },
  {
    name: 'test_image_content',
    description: 'Answers with one image',
    inputSchema: NO_ARGUMENTS,
    annotations: { readOnlyHint: true },
    call: () => ({ content: [image] }),
  },
  {
    name: 'test_audio_content',
    description: 'Answers with one sound',
    inputSchema: NO_ARGUMENTS,
    annotations: { readOnlyHint: true },
    call: () => ({ content: [{ type: 'audio', data: WAV_BASE64, mimeType: 'audio/wav' }] }),
  },
  {
    name: 'test_embedded_resource',
    description: 'Answers with one embedded resource',
    inputSchema: NO_ARGUMENTS,
    annotations: { readOnlyHint: true },
    call: () => ({
      content: [
        {
          type: 'resource',
          resource: {
            uri: 'test://embedded-resource',
            mimeType: 'text/plain',
            text: 'This is an embedded resource content.',
          },
        },
      ],
    }),
  },
  {
    name: 'test_multiple_content_types',
    description: 'Answers with text, an image and a resource',
    inputSchema: NO_ARGUMENTS,
    annotations: { readOnlyHint: true },
    call: () => ({
      content: [
        { type: 'text', text: 'Multiple content types test:' },
        image,
        {
          type: 'resource',
          resource: {
            uri: 'test://mixed-content-resource',
            mimeType: 'application/json',
            text: '{"test":"data","value":123}',
          },
        },
      ],
    }),
  },
  {
    name: 'test_error_handling',
    description: 'Always reports a tool error',
    inputSchema: NO_ARGUMENTS,
    call: () => ({ ...textResult('This tool intentionally returns an error for testing'), isError: true }),
  },
];
