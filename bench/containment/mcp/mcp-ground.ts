import {
  type EnrolledAgent,
  type PlainTool,
  type ShiftingUpstream,
  sendHttp,
  startGateway,
  startShiftingUpstream,
  type TestGateway,
  toolCall,
} from '@countersign/testkit';
import { readAnswer } from '../read-answer.ts';

/** An upstream whose tools were pinned as they were then. */
export interface PinnedServer {
  readonly name: string;
  readonly tools: readonly PlainTool[];
  readonly upstream: ShiftingUpstream;
}

export interface FlaggedTool {
  readonly name: string;
  readonly state: string;
  readonly findings: readonly { readonly kind: string; readonly grade: string; readonly because: string }[];
}

/** The real server, and MCP servers behind it that can change what they offer. */
export interface McpGround {
  readonly gateway: TestGateway;
  pin(name: string, tools: readonly PlainTool[]): Promise<PinnedServer>;
  /** What the server's look at other tools than the pinned ones comes to, and each tool called by an agent then. */
  change(
    server: PinnedServer,
    tools: readonly PlainTool[],
    called: readonly string[],
  ): Promise<ReadonlyMap<string, string>>;
  /** What becomes of tools that are seen for the first time, as one upstream of its own, which is gone again afterwards. */
  see(tools: readonly PlainTool[]): Promise<ReadonlyMap<string, FlaggedTool>>;
  close(): Promise<void>;
}

export async function openMcpGround(): Promise<McpGround> {
  const gateway = await startGateway();
  const servers: PinnedServer[] = [];
  const newcomer = await startShiftingUpstream();
  const ask = async (method: string, path: string, body?: object): Promise<unknown> => {
    const authorization = `Bearer ${await gateway.operatorToken()}`;
    const headers = { authorization, 'content-type': 'application/json' };
    const url = gateway.url + path;
    const reply = await sendHttp({ method, url, headers, ...(body && { body: JSON.stringify(body) }) });
    if (reply.status >= 300)
      throw new Error(`${method} ${path}: ${reply.status} ${reply.body.slice(0, 300)}`);
    return reply.json;
  };
  const add = (name: string, { url }: { readonly url: string }) =>
    ask('POST', '/v1/upstreams', { name, kind: 'mcp-http', settings: { url, allowPrivate: true } });
  let agent: EnrolledAgent | undefined;
  return {
    gateway,
    async pin(name, tools) {
      const upstream = await startShiftingUpstream();
      upstream.change(tools);
      const at = { url: upstream.url };
      // A token is good for a few upstreams only, so that the agent gets one for each as it is called.
      if (servers.length === 0) await gateway.addUpstream(name, at);
      else await add(name, at);
      const server = { name, tools, upstream };
      servers.push(server);
      return server;
    },
    async change(server, tools, called) {
      server.upstream.change(tools);
      await ask('POST', `/v1/upstreams/${server.name}/tools/refresh`, {});
      agent ??= await gateway.enrol();
      const url = `${gateway.url}/mcp/${server.name}`;
      const token = await agent.agent.token({ task: agent.task, resource: [url] });
      const answers = new Map<string, string>();
      for (const name of called) {
        const { message, headers } = toolCall(name, {});
        const { verdict } = readAnswer(await agent.agent.send({ url, token, message, headers }));
        answers.set(name, verdict.effect === 'deny' ? verdict.why : verdict.effect);
      }
      server.upstream.change(server.tools);
      await ask('POST', `/v1/upstreams/${server.name}/tools/refresh`, {});
      return answers;
    },
    async see(tools) {
      newcomer.change(tools);
      await add('newcomer', newcomer);
      const { items } = (await ask('GET', '/v1/upstreams/newcomer/tools?limit=200')) as {
        items: readonly FlaggedTool[];
      };
      await ask('DELETE', '/v1/upstreams/newcomer');
      return new Map(items.map((tool) => [tool.name, tool]));
    },
    async close() {
      await gateway.stop();
      await newcomer.close();
      for (const { upstream } of servers) await upstream.close();
    },
  };
}
