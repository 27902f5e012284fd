import type { ServerResponse } from 'node:http';
import {
  localhostHostValidation,
  localhostOriginValidation,
  toNodeHandler,
} from '@modelcontextprotocol/node';
import { createMcpHandler } from '@modelcontextprotocol/server';
import { type HttpUpstreamOptions, startHttpUpstream, type Upstream } from '../start-http-upstream.ts';
import { buildEverythingServer } from './build-everything-server.ts';
import { buildEverythingState } from './build-everything-state.ts';

/** The fixture over Streamable HTTP on loopback; revision 2026-07-28, and 2025-11-25 without sessions. */
export async function startEverythingUpstream(options: HttpUpstreamOptions = {}): Promise<Upstream> {
  const state = buildEverythingState({
    toolChange: () => handler.notify.toolsChanged(),
    promptChange: () => handler.notify.promptsChanged(),
  });
  const handler = createMcpHandler(() => buildEverythingServer(state));
  const respond = toNodeHandler(handler);
  const isLocalHost = localhostHostValidation();
  const isLocalOrigin = localhostOriginValidation();
  const upstream = await startHttpUpstream(async (request, response, message) => {
    if (!isLocalHost(request, response) || !isLocalOrigin(request, response)) return;
    if (message === undefined && request.method === 'POST') return refuseMalformed(response);
    const { method = 'POST', url = '/' } = request;
    await respond(Object.assign(request, { method, url }), response, message);
  }, options);
  return {
    ...upstream,
    async close() {
      state.tasks.close();
      await handler.close();
      await upstream.close();
    },
  };
}

function refuseMalformed(response: ServerResponse): void {
  const error = { code: -32_700, message: 'the body is no JSON-RPC message' };
  response.writeHead(400, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ jsonrpc: '2.0', id: null, error }));
}
