import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse, request as startRequest } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { RawAgent } from './create-raw-agent.ts';

export interface AgentProxyOptions {
  readonly agent: RawAgent;
  /** The MCP endpoint behind the gateway. */
  readonly target: string;
  /** Called for each request, so that a token that runs out can be renewed. */
  readonly token: () => Promise<string>;
}

export interface AgentProxy {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Stands on loopback before a gateway and adds only the token and a fresh proof to each request, for programs that
 * can do neither. A foreign Host or Origin is passed on as it came; its own is rewritten to the gateway's.
 */
export async function startAgentProxy({ agent, target, token }: AgentProxyOptions): Promise<AgentProxy> {
  const gateway = new URL(target);
  const server = createServer((request, response) => {
    response.on('error', () => {});
    pass(request, response).catch(() => response.destroy());
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  const own = `localhost:${address.port}`;

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const accessToken = await token();
    const proof = await agent.proof({ url: target, token: accessToken, htm: request.method ?? 'POST' });
    const { host = own, origin, ...rest } = request.headers;
    const headers = {
      ...rest,
      host: host === own ? gateway.host : host,
      ...(origin !== undefined && { origin: origin === `http://${own}` ? gateway.origin : origin }),
      authorization: `DPoP ${accessToken}`,
      dpop: proof,
    };
    const onward = startRequest(target, { method: request.method ?? 'POST', headers, agent: false });
    response.on('close', () => onward.destroy());
    request.pipe(onward);
    const [reply] = (await once(onward, 'response')) as [IncomingMessage];
    response.writeHead(reply.statusCode ?? 502, reply.headers);
    response.flushHeaders();
    await pipeline(reply, response);
  }

  return {
    url: `http://${own}${gateway.pathname}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
