import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { Task } from './task.ts';

/** Connects the official MCP client to an upstream, governed, under the task. Close the client when done. */
export async function connectMcp(
  task: Task,
  upstream: string,
  client = new Client(
    { name: 'countersign-agent', version: '0.1.0' },
    { versionNegotiation: { mode: { pin: '2026-07-28' } } },
  ),
): Promise<Client> {
  const transport = new StreamableHTTPClientTransport(task.endpoint(upstream), {
    fetch: task.fetchFor(upstream),
  });
  await client.connect(transport);
  return client;
}
