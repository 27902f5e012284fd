// Child process: an MCP server that answers every call at once with 2 KB that it never answered before.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerMessages } from '../../path/answer-messages.ts';

const tool = {
  name: 'look_up',
  description: 'Looks an order up.',
  inputSchema: {
    type: 'object',
    properties: { order: { type: 'string' }, lines: { type: 'integer' }, note: { type: 'string' } },
    required: ['order'],
  },
};
const meta = { ttlMs: 0, cacheScope: 'private', resultType: 'complete' };
let answered = 0;

function writeResult(): string {
  const call = answered++;
  const lines = Array.from({ length: 16 }, (_, line) => ({
    article: `A-${call}-${line}`,
    contact: `buyer.${call}.${line}@shop-${call % 97}.example`,
    delivered: new Date(1_700_000_000_000 + call * 60_000 + line).toISOString(),
    price: (call * 16 + line) / 100,
  }));
  return JSON.stringify({ order: `o-${call}`, lines });
}

function answer(method: string): unknown {
  if (method === 'tools/list') return { ...meta, tools: [tool] };
  if (method === 'tools/call')
    return { resultType: 'complete', content: [{ type: 'text', text: writeResult() }] };
  return { ...meta, supportedVersions: ['2026-07-28'], capabilities: { tools: {} } };
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { id, method } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as {
      id: unknown;
      method: string;
    };
    const body = JSON.stringify({ jsonrpc: '2.0', id, result: answer(method) });
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
      .end(body);
  });
});
answerMessages(async () => ({}));
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
