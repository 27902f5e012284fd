import {
  createRawAgent,
  type EnrolOptions,
  makeAgentKey,
  makeClientAssertion,
  PATIENT,
  sendHttp,
  startGateway,
  startNaiveGateway,
  startPlainUpstream,
  type Upstream,
} from '@countersign/testkit';
import { afterAll, beforeAll } from 'vitest';
import { buildSide, type HereSide, type NaiveSide } from './side.ts';

export interface GroundOptions<U extends Upstream> {
  readonly upstream?: () => Promise<U>;
  /** Replaces the bundle that permits everything. */
  readonly policy?: string;
  readonly limits?: EnrolOptions['limits'];
  readonly timeoutSeconds?: number;
  readonly maxResultBytes?: number;
  /** What the naive gateway has somebody approve. */
  readonly ask?: readonly string[];
  readonly calls?: number;
}

export interface Ground<U extends Upstream = Upstream> {
  readonly naive: NaiveSide<U>;
  readonly here: HereSide<U>;
}

export const SECRET = 'sk-live-9f2c41d07be84a55';
// Loading the engine of the policies takes seconds on a busy machine.
const START_LIMIT_MILLISECONDS = 60_000;
const PERMIT_ALL = 'permit (principal, action, resource);';
const TOOLS = ['shop/echo', 'shop/pay'];

/** Before the tests of a file: both gateways, each before an upstream of its own with a key that only it knows. */
export function useGround<U extends Upstream = Upstream>(options: GroundOptions<U> = {}): () => Ground<U> {
  let ground: Ground<U> | undefined;
  const ends: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    const start = options.upstream ?? (startPlainUpstream as () => Promise<U>);
    ground = {
      naive: await buildNaive(await start(), options, ends),
      here: await buildHere(await start(), options, ends),
    };
  }, START_LIMIT_MILLISECONDS);
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });
  return () => {
    if (ground === undefined) throw new Error('the ground is not built yet');
    return ground;
  };
}

async function buildNaive<U extends Upstream>(
  upstream: U,
  options: GroundOptions<U>,
  ends: (() => Promise<void>)[],
): Promise<NaiveSide<U>> {
  const agentId = 'agt_naive';
  const gateway = await startNaiveGateway({
    upstreams: { shop: { url: upstream.url, secret: { header: 'x-api-key', value: SECRET } } },
    allow: { [agentId]: TOOLS },
    ...(options.ask && { ask: options.ask }),
    ...(options.calls !== undefined && { calls: options.calls }),
  });
  ends.push(
    () => upstream.close(),
    () => gateway.close(),
  );
  const key = await makeAgentKey();
  gateway.registerAgent(agentId, key.publicJwk);
  const agent = createRawAgent({ issuer: gateway.url, agentId, key });
  const assertion = await makeClientAssertion({ key, clientId: agentId, audience: gateway.url });
  const requestToken = (assertion: string) =>
    sendHttp({
      url: `${gateway.url}/token`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ client_assertion: assertion }).toString(),
    });
  const issued = (await requestToken(assertion)).json as { access_token: string };
  const side = buildSide({
    agent,
    issuer: gateway.url,
    url: `${gateway.url}/mcp/shop`,
    token: issued.access_token,
    upstream,
    requestToken,
    later() {},
  });
  return { ...side, gateway };
}

async function buildHere<U extends Upstream>(
  upstream: U,
  options: GroundOptions<U>,
  ends: (() => Promise<void>)[],
): Promise<HereSide<U>> {
  const { limits, policy = PERMIT_ALL, timeoutSeconds, maxResultBytes } = options;
  // Each form of an attack is to be refused for what it is, not for how many there were.
  const gateway = await startGateway({ environment: PATIENT });
  ends.push(
    () => upstream.close(),
    () => gateway.stop(),
  );
  await gateway.storeSecret('shop-key', SECRET);
  const url = await gateway.addUpstream('shop', {
    url: upstream.url,
    headers: { 'x-api-key': '{secret:shop-key}' },
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
    ...(maxResultBytes !== undefined && { maxResultBytes }),
  });
  const activated = await gateway.activatePolicy(policy);
  if (activated.status >= 300) throw new Error(`the policy was refused: ${activated.body}`);
  const enrolled = await gateway.enrol({ ...(limits && { limits }) });
  const { agent, token } = enrolled;
  const side = buildSide({
    agent,
    issuer: gateway.url,
    url,
    token,
    upstream,
    requestToken: (assertion) => agent.requestToken({ assertion }),
    later: (milliseconds) => gateway.advance(milliseconds),
  });
  return { ...side, gateway, enrolled };
}
