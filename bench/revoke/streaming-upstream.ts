// Child process: an MCP server that answers at once, or, asked for the order `stream` or `stream:<milliseconds between>`, goes on sending until it is cut.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerMessages } from '../path/answer-messages.ts';

const pauseMilliseconds = 2;
const streamed = /^stream(?::(\d{1,4}))?$/;
const tool = {
  name: 'look_up',
  description: 'Looks an order up.',
  inputSchema: { type: 'object', properties: { order: { type: 'string' } }, required: ['order'] },
  annotations: { readOnlyHint: true },
};
const meta = { ttlMs: 0, cacheScope: 'private', resultType: 'complete' };
const results: Readonly<Record<string, unknown>> = {
  'server/discover': { ...meta, supportedVersions: ['2026-07-28'], capabilities: { tools: {} } },
  'tools/list': { ...meta, tools: [tool] },
  'tools/call': { resultType: 'complete', content: [{ type: 'text', text: 'done' }] },
};

interface Asked {
  readonly id: unknown;
  readonly method: string;
  readonly params?: { readonly arguments?: { readonly order?: string } };
}

function drip(response: ServerResponse, pause: number): void {
  let progress = 0;
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  const timer = setInterval(() => {
    const params = { progressToken: 1, progress: ++progress };
    const message = { jsonrpc: '2.0', method: 'notifications/progress', params };
    response.write(`data: ${JSON.stringify(message)}\n\n`);
  }, pause);
  response.once('close', () => clearInterval(timer));
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { id, method, params } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Asked;
    const stream = streamed.exec(params?.arguments?.order ?? '');
    if (stream !== null) return drip(response, Number(stream[1] ?? pauseMilliseconds));
    const body = JSON.stringify({ jsonrpc: '2.0', id, result: results[method] });
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
      .end(body);
  });
});
answerMessages(async () => ({}));
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
