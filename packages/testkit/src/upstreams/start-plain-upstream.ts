import type { ServerResponse } from 'node:http';
import {
  type Answer,
  type HttpUpstreamOptions,
  type Message,
  startHttpUpstream,
  type Upstream,
} from './start-http-upstream.ts';

type JsonObject = { readonly [name: string]: unknown };

export interface PlainTool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: JsonObject;
  readonly annotations?: JsonObject;
}

export interface PlainOptions extends HttpUpstreamOptions {
  readonly tools?: readonly PlainTool[];
  /** The result of a call; by default its arguments, as text. */
  readonly call?: (name: string, args: unknown) => JsonObject | Promise<JsonObject>;
  /** Answer 401 unless this header is there, as an API behind a key does. */
  readonly requireHeader?: { readonly name: string; readonly value: string };
}

export const PLAIN_TOOLS: readonly PlainTool[] = [
  {
    name: 'echo',
    description: 'Answers with its text',
    inputSchema: {
      type: 'object',
      properties: { text: { type: 'string', maxLength: 100_000 } },
      required: ['text'],
      additionalProperties: false,
    },
    annotations: { readOnlyHint: true, openWorldHint: false },
  },
  {
    name: 'pay',
    description: 'Pays an amount, in minor units, to an account',
    inputSchema: {
      type: 'object',
      properties: {
        to: { type: 'string' },
        amount: { type: 'integer', minimum: 1 },
        currency: { type: 'string', enum: ['EUR', 'USD'] },
      },
      required: ['to', 'amount', 'currency'],
      additionalProperties: false,
    },
    annotations: { readOnlyHint: false, destructiveHint: true, openWorldHint: true },
  },
];

/** A small honest MCP server of revision 2026-07-28, with no library in it: what hostile ones are built on. */
export function startPlainUpstream(options: PlainOptions = {}): Promise<Upstream> {
  const required = options.requireHeader;
  return startHttpUpstream(async (request, response, message) => {
    if (required !== undefined && request.headers[required.name.toLowerCase()] !== required.value) {
      return sendJson(response, { error: 'a key is needed' }, 401);
    }
    await answerPlainly(options)(request, response, message);
  }, options);
}

/** The honest answer, for upstreams that lie only sometimes. */
export function answerPlainly(options: PlainOptions): Answer {
  return async (request, response, message) => {
    if (request.method !== 'POST') return sendJson(response, { error: 'POST only' }, 405);
    if (message?.method?.startsWith('notifications/')) {
      response.writeHead(202).end();
      return;
    }
    const result = message === undefined ? undefined : await plainResult(message, options);
    if (message !== undefined && result !== undefined) return sendResult(response, message, result);
    const error = { code: -32_601, message: 'no such method' };
    sendJson(response, { jsonrpc: '2.0', id: message?.id ?? null, error }, 404);
  };
}

export function sendResult(response: ServerResponse, message: Message, result: JsonObject): void {
  sendJson(response, {
    jsonrpc: '2.0',
    id: message.id ?? null,
    result: { resultType: 'complete', ...result },
  });
}

export function sendJson(response: ServerResponse, body: JsonObject, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

async function plainResult(message: Message, options: PlainOptions): Promise<JsonObject | undefined> {
  const fresh = { ttlMs: 0, cacheScope: 'private' };
  switch (message.method) {
    case 'server/discover':
      return {
        supportedVersions: ['2026-07-28'],
        capabilities: { tools: {} },
        _meta: { 'io.modelcontextprotocol/serverInfo': { name: 'plain', version: '1.0.0' } },
        ...fresh,
      };
    case 'tools/list':
      return { tools: options.tools ?? PLAIN_TOOLS, ...fresh };
    case 'tools/call': {
      const args = message.params?.arguments;
      if (options.call) return options.call(String(message.params?.name), args);
      return { content: [{ type: 'text', text: JSON.stringify(args ?? {}) }] };
    }
    default:
      return undefined;
  }
}
