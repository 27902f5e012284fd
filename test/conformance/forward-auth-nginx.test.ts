import { type EnrolledAgent, type HttpReply, sendHttp } from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useApi } from '../scenarios/ground/use-api.ts';
import { SECRET } from '../scenarios/ground/use-scene.ts';
import { addEnforcementPoint } from './authzen-ground/add-enforcement-point.ts';
import { type Edge, startEdge, takeFreePort } from './authzen-ground/start-edge.ts';

const scene = useApi(`
@id("all") permit (principal, action, resource);
@id("not-the-first") forbid (principal, action == Countersign::Action::"shop/getCustomer", resource)
when { context.args.path.id == 1 };
`);

describe('policy.forward-auth-nginx', () => {
  let edge: Edge;
  let enrolled: EnrolledAgent;
  beforeAll(async () => {
    const { gateway, api } = scene();
    const port = await takeFreePort();
    const point = await addEnforcementPoint(gateway, {
      name: 'edge',
      addresses: ['127.0.0.1', '::1'],
      routes: [{ url: `http://127.0.0.1:${port}/v2`, upstream: 'shop' }],
    });
    const auth = `${gateway.url.replace('localhost', '127.0.0.1')}/access/v1/forward/nginx/${point.id}`;
    const backend = new URL(api.url).origin;
    edge = await startEdge({
      port,
      auth,
      backend: `${backend}/v1`,
      secret: { name: 'x-api-key', value: SECRET },
    });
    enrolled = await gateway.enrol();
  }, 60_000);
  afterAll(() => edge?.close());

  async function call(path: string, { htu = path, token = enrolled.token } = {}): Promise<HttpReply> {
    const url = `${edge.url}/v2${path}`;
    const attempt = async (nonce?: string) => {
      const proved = { url: `${edge.url}/v2${htu}`, token, htm: 'GET' };
      const dpop = await enrolled.agent.proof({ ...proved, ...(nonce === undefined ? {} : { nonce }) });
      return sendHttp({ method: 'GET', url, headers: { authorization: `DPoP ${token}`, dpop } });
    };
    const first = await attempt();
    const isAsked = (first.headers['www-authenticate'] ?? '').includes('use_dpop_nonce');
    return isAsked ? attempt(first.headers['dpop-nonce']) : first;
  }

  it('lets through what is allowed, with the agent’s own proof for the URL it called', async () => {
    const { api, gateway } = scene();
    const reply = await call('/customers/7');
    expect([reply.status, reply.body.includes('/v1/customers/7')]).toEqual([200, true]);
    expect(api.requests.at(-1)).toMatchObject({ method: 'GET', url: '/v1/customers/7' });
    const [decision] = await gateway.records({ kind: 'action.decision', agent: enrolled.agent.agentId });
    expect(decision).toMatchObject({ tool: 'getCustomer', body: { effect: 'allow' } });
  });

  it('lets nothing else through', async () => {
    const { api } = scene();
    const before = api.requests.length;
    expect((await call('/customers/1')).status).toBe(403);
    expect((await call('/customers/7', { htu: '/customers/8' })).status).toBe(401);
    expect((await call('/nowhere')).status).toBe(403);
    expect((await fetch(`${edge.url}/v2/customers/7`)).status).toBe(401);
    expect((await fetch(`${edge.url}/countersign`)).status).not.toBe(200);
    expect(api.requests.length).toBe(before);
  });
});
