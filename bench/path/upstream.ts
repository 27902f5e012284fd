// Child process: an MCP server that answers every call at once with about 1 KB, as plainly as can be.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerMessages } from './answer-messages.ts';

const tool = {
  name: 'look_up',
  description: 'Looks an order up.',
  inputSchema: {
    type: 'object',
    properties: { order: { type: 'string' }, lines: { type: 'integer' }, note: { type: 'string' } },
    required: ['order'],
  },
  annotations: { readOnlyHint: true },
};
const text = JSON.stringify({
  order: 'o-1',
  lines: Array.from({ length: 12 }, (_, line) => ({
    line,
    article: `article ${line}`,
    pieces: line * 3,
    price: 12.5,
  })),
});
const meta = { ttlMs: 0, cacheScope: 'private', resultType: 'complete' };
const results: Readonly<Record<string, unknown>> = {
  'server/discover': { ...meta, supportedVersions: ['2026-07-28'], capabilities: { tools: {} } },
  'tools/list': { ...meta, tools: [tool] },
  'tools/call': { resultType: 'complete', content: [{ type: 'text', text }] },
};

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { id, method } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as {
      id: unknown;
      method: string;
    };
    const body = JSON.stringify({ jsonrpc: '2.0', id, result: results[method] });
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
      .end(body);
  });
});
answerMessages(async () => ({}));
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
