import { randomUUID } from 'node:crypto';
import {
  localhostHostValidation,
  localhostOriginValidation,
  NodeStreamableHTTPServerTransport,
} from '@modelcontextprotocol/node';
import { type HttpUpstreamOptions, startHttpUpstream, type Upstream } from '../start-http-upstream.ts';
import { buildEverythingServer } from './build-everything-server.ts';
import { buildEverythingState } from './build-everything-state.ts';

/** The fixture over Streamable HTTP of revision 2025-11-25 with sessions: what older clients meet without a gateway. */
export async function startSessionUpstream(options: HttpUpstreamOptions = {}): Promise<Upstream> {
  const state = buildEverythingState({ toolChange: () => {}, promptChange: () => {} });
  const sessions = new Map<string, NodeStreamableHTTPServerTransport>();
  const isLocalHost = localhostHostValidation();
  const isLocalOrigin = localhostOriginValidation();
  const open = async (): Promise<NodeStreamableHTTPServerTransport> => {
    const transport = new NodeStreamableHTTPServerTransport({
      sessionIdGenerator: () => randomUUID(),
      onsessioninitialized: (id) => void sessions.set(id, transport),
      onsessionclosed: (id) => void sessions.delete(id),
    });
    await buildEverythingServer(state).connect(transport);
    return transport;
  };
  const upstream = await startHttpUpstream(async (request, response, message) => {
    if (!isLocalHost(request, response) || !isLocalOrigin(request, response)) return;
    const id = request.headers['mcp-session-id'];
    const transport = typeof id === 'string' ? sessions.get(id) : await open();
    if (transport === undefined) {
      response.writeHead(404).end();
      return;
    }
    await transport.handleRequest(request, response, message);
  }, options);
  return {
    ...upstream,
    async close() {
      state.tasks.close();
      for (const transport of sessions.values()) await transport.close();
      await upstream.close();
    },
  };
}
