import { type EverythingTool, textResult } from './everything-tool.ts';

/** Tools whose input schema is the point: JSON Schema 2020-12 words, and arguments mirrored into headers. */
export const schemaTools: readonly EverythingTool[] = [
  {
    name: 'json_schema_2020_12_tool',
    description: 'Its input schema uses the words of JSON Schema 2020-12 (SEP-1613, SEP-2106)',
    inputSchema: {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      $defs: {
        address: {
          $anchor: 'addressDef',
          type: 'object',
          properties: { street: { type: 'string' }, city: { type: 'string' } },
        },
      },
      properties: {
        name: { type: 'string' },
        address: { $ref: '#/$defs/address' },
        contactMethod: { type: 'string', enum: ['phone', 'email'] },
        phone: { type: 'string' },
        email: { type: 'string' },
      },
      allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
      if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
      // biome-ignore lint/suspicious/noThenProperty: a word of JSON Schema, never awaited
      then: { required: ['phone'] },
      else: { required: ['email'] },
      additionalProperties: false,
    },
    call: (args) => textResult(`called with ${JSON.stringify(args)}`),
  },
  {
    name: 'test_x_mcp_header',
    description: 'Its region is mirrored into the header Mcp-Param-Region (SEP-2243)',
    inputSchema: {
      type: 'object',
      properties: {
        region: { type: 'string', 'x-mcp-header': 'Region' },
        level: { type: 'integer' },
      },
    },
    call: (args) => textResult(`region=${String(args.region ?? '<none>')}`),
  },
];
