import { setTimeout as sleep } from 'node:timers/promises';
import { createRawAgent, type HttpReply, makeAgentKey, type RawAgent, toolCall } from '@countersign/testkit';
import { type Cluster, UPSTREAM } from './cluster.ts';
import type { Replica } from './replica.ts';

/** An agent that may call at every gateway; each remembers the nonces of its own. */
export interface Member {
  readonly agentId: string;
  readonly delegation: string;
  /** A token for each task. */
  readonly tasks: readonly { readonly id: string; readonly token: string }[];
  call(call: MemberCall): Promise<HttpReply>;
}

export interface MemberCall {
  readonly at: Replica;
  /** Which of its tasks. */
  readonly task: number;
  readonly tool: string;
  readonly mark: string;
  readonly amount?: number;
}

const DAY = 86_400_000;
const PATIENCE_MILLISECONDS = 8_000;

export interface MemberWish {
  readonly name: string;
  readonly tasks: number;
  readonly limits?: object;
  /** Of each gateway, which may not agree with that of this machine. */
  readonly clockOf: (replica: Replica) => () => number;
}

export async function enlist(cluster: Cluster, wish: MemberWish): Promise<Member> {
  const { driver } = cluster;
  const key = await makeAgentKey();
  const { id: agentId } = await insist(() =>
    driver.operator('POST', '/v1/agents', {
      name: wish.name,
      ownerId: driver.administrator.id,
      purpose: 'To be tested',
      environment: 'development',
      jwk: key.publicJwk,
    }),
  );
  const { id: delegation } = await insist(() =>
    driver.operator('POST', '/v1/delegations', {
      agentId,
      fromPersonId: driver.administrator.id,
      purpose: 'To be tested',
      limits: {
        upstreams: '*',
        actions: ['*'],
        effects: ['read', 'write', 'spend', 'admin', 'egress'],
        spendMinor: null,
        expiresAt: Date.now() + DAY,
        ...wish.limits,
      },
    }),
  );
  const url = `${driver.url}/mcp/${UPSTREAM}`;
  const agent = createRawAgent({ issuer: driver.url, agentId, key });
  const open = async () => {
    const task = await persist(() =>
      agent.openTask({ delegationId: delegation, purpose: 'A load', ttlSeconds: 3600 }),
    );
    return { id: task.id, token: await persist(() => agent.token({ task: task.id, resource: [url] })) };
  };
  const tasks: { id: string; token: string }[] = [];
  for (let n = 0; n < wish.tasks; n += 1) tasks.push(await open());
  const speakers = new Map<Replica, RawAgent>();
  for (const replica of cluster.replicas)
    speakers.set(replica, createRawAgent({ issuer: driver.url, agentId, key, now: wish.clockOf(replica) }));
  return {
    ...{ agentId, delegation, tasks },
    async call({ at, task, tool, mark, amount = 1 }) {
      const args = tool === 'pay' || tool === 'wire' ? { to: mark, amount, currency: 'EUR' } : { text: mark };
      const { message, headers } = toolCall(tool, args);
      const token = tasks[task % tasks.length]?.token ?? '';
      const speaker = speakers.get(at) ?? agent;
      const own = `http://127.0.0.1:${at.port()}/mcp/${UPSTREAM}`;
      const patienceMilliseconds = PATIENCE_MILLISECONDS;
      return speaker.send({ url: own, htu: url, token, message, headers, patienceMilliseconds });
    },
  };
}

/** Asks again where a gateway is gone, or cannot say yet. */
async function insist(ask: () => Promise<HttpReply>): Promise<{ readonly id: string }> {
  return persist(async () => {
    const reply = await ask();
    const { id } = (reply.json ?? {}) as { id?: string };
    if (reply.status >= 300 || id === undefined) throw new Error(`refused: ${reply.status} ${reply.body}`);
    return { id };
  });
}

const TRIES = 40;
const PAUSE_MILLISECONDS = 100;

/** A balancer sends each attempt to whichever gateway it likes, and each has nonces of its own. */
export async function persist<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (tries === TRIES) throw error;
      await sleep(PAUSE_MILLISECONDS);
    }
  }
}
