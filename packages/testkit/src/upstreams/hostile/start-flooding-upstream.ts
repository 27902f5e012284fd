import type { ServerResponse } from 'node:http';
import { type HttpUpstreamOptions, startHttpUpstream, type Upstream } from '../start-http-upstream.ts';
import { answerPlainly, PLAIN_TOOLS, type PlainTool } from '../start-plain-upstream.ts';

export interface FloodingOptions extends HttpUpstreamOptions {
  readonly flood: 'endless events' | 'endless body' | 'endless line' | 'huge tools list' | 'huge headers';
}

export interface FloodingUpstream extends Upstream {
  /** Bytes that the other side took before it had enough. */
  sentBytes(): number;
}

const BLOCK = 'x'.repeat(64 * 1024);
const EVENT = `data: {"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"${BLOCK}"}}\n\n`;
const FLOOD_LIMIT_BYTES = 1024 * 1024 * 1024;
const TOOLS = 20_000;

/** Answers a call, or the tool list, with far more than anyone can want: up to a gigabyte. */
export async function startFloodingUpstream({
  flood,
  ...options
}: FloodingOptions): Promise<FloodingUpstream> {
  let sentBytes = 0;
  const count = (bytes: number) => {
    sentBytes += bytes;
  };
  const honest = answerPlainly({ tools: flood === 'huge tools list' ? manyTools() : PLAIN_TOOLS });
  const upstream = await startHttpUpstream(async (request, response, message) => {
    if (flood === 'huge tools list' || message?.method !== 'tools/call')
      return honest(request, response, message);
    if (flood === 'huge headers') {
      response.writeHead(200, { 'content-type': 'application/json', 'x-flood': BLOCK }).end('{}');
      return;
    }
    const events = flood !== 'endless body';
    response.writeHead(200, { 'content-type': events ? 'text/event-stream' : 'application/json' });
    if (!events) response.write('{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"');
    if (flood === 'endless line') response.write('data: ');
    await pour(response, flood === 'endless events' ? EVENT : BLOCK, count);
  }, options);
  return { ...upstream, sentBytes: () => sentBytes };
}

async function pour(response: ServerResponse, block: string, count: (bytes: number) => void): Promise<void> {
  for (let sent = 0; sent < FLOOD_LIMIT_BYTES && !response.destroyed; sent += block.length) {
    count(block.length);
    if (response.write(block)) continue;
    await room(response);
  }
  response.end();
}

function room(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      response.off('drain', go).off('close', go);
      resolve();
    };
    response.on('drain', go).on('close', go);
  });
}

function manyTools(): readonly PlainTool[] {
  const description = 'y'.repeat(4096);
  return Array.from({ length: TOOLS }, (_, index) => ({
    name: `tool_${index}`,
    description,
    inputSchema: { type: 'object' },
  }));
}
