import { Agent, generateAgentKey } from '@countersign/sdk';
import { type HttpReply, sendHttp, startGateway, type TestGateway } from '@countersign/testkit';
import { afterAll, beforeAll } from 'vitest';
import { requireDone } from './use-scene.ts';

/** A program whose own tools never cross the gateway, and the real server that it asks. */
export interface HookScene {
  readonly gateway: TestGateway;
  readonly agent: Agent;
  readonly otherAgent: Agent;
  /** The agent again, with a `fetch` of its own. */
  createAgent(send: typeof fetch): Promise<Agent>;
  /** Of the agent's hook. */
  readonly secret: string;
  /** Adds another hook for the agent, or for the other one. */
  addHook(changes?: object, agent?: Agent): Promise<{ readonly id: string; readonly secret: string }>;
  /** An event of Claude Code, with what every event has. */
  tell(event: object, options?: { readonly secret?: string; readonly query?: string }): Promise<HttpReply>;
}

const schema = (name: string) => ({
  type: 'object',
  properties: { [name]: { type: 'string' } },
  required: [name],
});

/** The tools of the program, in MCP's words. */
export const HOOK_TOOLS = [
  { name: 'Read', description: 'Reads a file.', inputSchema: schema('file_path') },
  { name: 'Bash', description: 'Runs a command.', inputSchema: schema('command') },
  { name: 'WebFetch', description: 'Sends a request.', inputSchema: schema('url') },
];

const effects: ReadonlyMap<string, string> = new Map([
  ['Read', 'read'],
  ['Bash', 'write'],
  ['WebFetch', 'egress'],
]);

/** Allows all, denies `rm`, and to publish after reading what nobody vouches for; asks a person before anything goes out. */
export const HOOK_POLICY = `@id("all") permit (principal, action, resource);
@id("no-rm") forbid (principal, action == Countersign::Action::"desk/Bash", resource)
when { context.args.command like "rm *" };
@id("no-leak") forbid (principal, action == Countersign::Action::"desk/Bash", resource)
when { context.args.command like "publish *" && context.task.labels.trust == "untrusted" };
@id("out") @stepUp("approvers=role:approver; quorum=1; method=passkey; within=10m")
forbid (principal, action in Countersign::Action::"effect:egress", resource);`;

export function useHooks(): () => HookScene {
  let scene: HookScene | undefined;
  let gateway: TestGateway | undefined;
  beforeAll(async () => {
    gateway = await startGateway();
    scene = await prepare(gateway);
  }, 60_000);
  afterAll(async () => {
    await gateway?.stop();
  });
  return () => {
    if (scene === undefined) throw new Error('the scene is not set yet');
    return scene;
  };
}

async function prepare(gateway: TestGateway): Promise<HookScene> {
  const { agent, key } = await enrol(gateway, 'desk-bot');
  const { agent: otherAgent } = await enrol(gateway, 'other-bot');
  const upstream = { name: 'desk', kind: 'hooks', settings: { declaredBy: [agent.agentId] } };
  requireDone(
    await gateway.operator('POST', '/v1/upstreams', { ...upstream, document: JSON.stringify(HOOK_TOOLS) }),
  );
  requireDone(await gateway.activatePolicy(HOOK_POLICY));
  for (const { name } of HOOK_TOOLS) {
    const path = `/v1/upstreams/desk/tools/${name}/classification`;
    const classification = { effects: [effects.get(name)], dataDomain: 'desk' };
    requireDone(await gateway.operator('PUT', path, classification));
  }
  let hooks = 0;
  const addHook: HookScene['addHook'] = async (changes = {}, whose = agent) => {
    hooks += 1;
    const hook = { agentId: whose.agentId, ...changes };
    const body = { name: `desk ${hooks}`, upstreams: ['desk'], hook };
    return requireDone(await gateway.operator('POST', '/v1/tokens/enforcement-points', body));
  };
  const { secret } = await addHook();
  return {
    ...{ gateway, agent, otherAgent, secret, addHook },
    createAgent: (send) => Agent.create({ url: gateway.url, agentId: agent.agentId, key, fetch: send }),
    tell: (event, { secret: shown = secret, query = '' } = {}) =>
      sendHttp({
        method: 'POST',
        url: `${gateway.url}/hooks/claude${query}`,
        headers: { authorization: `Bearer ${shown}`, 'content-type': 'application/json' },
        body: JSON.stringify({ session_id: 'session-1', transcript_path: '', cwd: '/srv', ...event }),
      }),
  };
}

async function enrol(gateway: TestGateway, name: string) {
  const { key } = await generateAgentKey();
  const ownerId = gateway.administrator.id;
  const body = { name, ownerId, purpose: 'Tests', environment: 'development', jwk: key.publicJwk };
  const { id: agentId } = requireDone<{ id: string }>(await gateway.operator('POST', '/v1/agents', body));
  const limits = {
    ...{ upstreams: '*', actions: ['*'], effects: ['read', 'write', 'egress'] },
    expiresAt: Date.now() + 86_400_000,
  };
  const delegation = { agentId, fromPersonId: ownerId, purpose: 'Tests', isDefault: true, limits };
  requireDone(await gateway.operator('POST', '/v1/delegations', delegation));
  return { agent: await Agent.create({ url: gateway.url, agentId, key }), key };
}
