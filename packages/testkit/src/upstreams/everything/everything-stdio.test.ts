import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterEach, expect, it } from 'vitest';
import { everythingProgram } from '../stdio-programs.ts';

const clients: Client[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
});

it('serves the same tools as a program, to clients of revision 2025-11-25', async () => {
  const client = new Client({ name: 'probe', version: '1.0.0' });
  clients.push(client);
  const { command, args } = everythingProgram();
  await client.connect(new StdioClientTransport({ command, args: [...args] }));
  expect(client.getNegotiatedProtocolVersion()).toBe('2025-11-25');
  const { tools } = await client.listTools();
  expect(tools.length).toBeGreaterThan(30);
  const result = await client.callTool({ name: 'greet', arguments: { name: 'Ada' } });
  expect(result.content).toEqual([{ type: 'text', text: 'Hello, Ada!' }]);
  const refused = await client.callTool({ name: 'greet', arguments: { name: 5 } });
  expect(refused.isError).toBe(true);
});
