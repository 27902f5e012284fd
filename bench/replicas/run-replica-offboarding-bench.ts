import type { BenchOptions, BenchReport } from '../main.ts';
import { describeFolder } from '../path/describe-folder.ts';
import type { HireAnswer, NonceAnswer } from '../path/gateway-messages.ts';
import { makeAgentKey, makeRequests } from '../path/make-requests.ts';
import { openStream, type Stream } from '../revoke/open-stream.ts';
import { quantile } from '../statistics.ts';
import { type BusKind, type Replicas, startReplicas } from './start-replicas.ts';

const sizes = [
  { agents: 1, leaversARound: 10 },
  { agents: 100, leaversARound: 4 },
] as const;
/** Of all calls together, through the gateway and back. */
const messagesASecond = 2_000;
const agentsOfUpstream = 100;
const shortestPauseMilliseconds = 2;
const startedAtOnce = 20;

/** As the bench of one gateway, but the agents call at the last of several, and the directory speaks to the first. */
export async function runReplicaOffboardingBench(
  { rounds, progress }: BenchOptions,
  { count, bus }: { readonly count: number; readonly bus: BusKind },
): Promise<BenchReport> {
  const p50: Record<string, number> = {};
  const p99: Record<string, number> = {};
  const notes = [
    `${count} gateways on one PostgreSQL, bus ${bus}; the directory at the first, calls at the last`,
  ];
  for (const { agents, leaversARound } of sizes) {
    const keys = [makeAgentKey()];
    const replicas = await startReplicas({ count, bus, keys, upstream: '../revoke/streaming-upstream.ts' });
    try {
      if (notes.length === 1) notes.push(await describeFolder(replicas.folder));
      const times = await measureLeavers(replicas, {
        agents,
        leavers: rounds * leaversARound,
        last: count - 1,
      });
      p50[agents] = quantile(times, 0.5);
      p99[agents] = quantile(times, 0.99);
      notes.push(`${agents} agents: worst ${Math.max(...times).toFixed(1)} ms of ${times.length} leavers`);
      progress(notes.at(-1) ?? '');
    } finally {
      await replicas.stop();
    }
  }
  return { figures: { p50_ms: p50, p99_ms: p99 }, notes };
}

interface Setting {
  readonly agents: number;
  readonly leavers: number;
  readonly last: number;
}

async function measureLeavers(replicas: Replicas, setting: Setting): Promise<readonly number[]> {
  const { token } = (await replicas.operate(0, 'POST', '/v1/people/scim-tokens', { name: 'Bench' })) as {
    readonly token: string;
  };
  const directory = `http://127.0.0.1:${replicas.children[0]?.port}/scim/v2`;
  const send = async (method: string, path: string, body: object): Promise<{ readonly id: string }> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const answer = await fetch(directory + path, { method, headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as { readonly id: string };
  };
  const times: number[] = [];
  for (let i = 0; i < setting.leavers; i += 1) {
    const { id } = await send('POST', '/Users', { userName: `owner-${i}` });
    const streams = await startAgents(replicas, id, setting);
    if (!streams.every((stream) => stream.isFlowing()))
      throw new Error('a call had ended before anybody left');
    const sentAt = performance.now();
    const left = send('PATCH', `/Users/${id}`, {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'Replace', path: 'active', value: 'False' }],
    });
    const ends = await Promise.all(streams.map((stream) => stream.ended));
    times.push(Math.max(0, ...ends.map((end) => end.forwardedAt - sentAt)));
    await left;
  }
  return times;
}

/** New agents of the person, with a call each that goes on at the last gateway. */
async function startAgents(
  replicas: Replicas,
  personId: string,
  { agents: count, last }: Setting,
): Promise<readonly Stream[]> {
  const keys = Array.from({ length: count }, makeAgentKey);
  const jwks = keys.map((key) => key.publicJwk);
  const upstreams = Math.ceil(count / agentsOfUpstream);
  const asked = { kind: 'hire', personId, jwks, upstreamPort: replicas.upstream.port, upstreams } as const;
  const { agents } = await replicas.first.ask<HireAnswer>(asked);
  const child = replicas.children[last];
  if (child === undefined) throw new Error('there is no gateway');
  const { nonce } = await child.ask<NonceAnswer>({ kind: 'nonce' });
  const pause = Math.max(shortestPauseMilliseconds, Math.round((count * 1000) / messagesASecond));
  const requests = agents.flatMap(({ url, accessToken }, i) => {
    const key = keys[i];
    if (key === undefined) throw new Error('an agent has no key');
    return makeRequests([{ key, accessToken }], { url, nonce, count: 1, order: `stream:${pause}` });
  });
  const streams: Stream[] = [];
  for (let from = 0; from < requests.length; from += startedAtOnce) {
    const some = requests.slice(from, from + startedAtOnce).map((one) => openStream(child.port, one));
    await Promise.all(some.map((stream) => stream.flowing(2)));
    streams.push(...some);
  }
  return streams;
}
