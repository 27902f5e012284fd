import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sendRequests } from '../load/send-requests.ts';
import type { BenchOptions, BenchReport } from '../main.ts';
import { openGateway } from '../path/contenders.ts';
import { describeFolder } from '../path/describe-folder.ts';
import type { HireAnswer, NonceAnswer } from '../path/gateway-messages.ts';
import { makeAgentKey, makeRequests } from '../path/make-requests.ts';
import { type Child, startChild } from '../path/start-child.ts';
import { openStream, type Stream } from '../revoke/open-stream.ts';
import { quantile } from '../statistics.ts';

/** Agents of one owner, each with a call whose answer goes on; and how often in a round one such owner leaves. */
const sizes = [
  { agents: 1, leaversARound: 10 },
  { agents: 100, leaversARound: 4 },
  { agents: 1_000, leaversARound: 2 },
] as const;
/** Of all calls together, through the gateway and back. */
const messagesASecond = 4_000;
/** An upstream carries 128 calls at once. */
const agentsOfUpstream = 100;
const shortestPauseMilliseconds = 2;
/** Agents do not all begin in one moment. */
const startedAtOnce = 50;
/** Within an answer of MCP. */
const refused = /"code":"agent\.not_active"/;

/**
 * From the moment the SCIM request that says that an owner left is sent until the last forwarded byte of any call of their
 * agents has arrived at its caller: a little more than the time in the gateway.
 */
export async function runOffboardingBench({ rounds, progress }: BenchOptions): Promise<BenchReport> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-bench-'));
  const upstream = await startChild('../revoke/streaming-upstream.ts', []);
  try {
    const p99: Record<string, number> = {};
    const notes = [await describeFolder(folder)];
    for (const { agents, leaversARound } of sizes) {
      const place = { folder: join(folder, String(agents)), upstreamPort: upstream.port, agents };
      const measured = await measureLeavers(place, rounds * leaversARound);
      p99[agents] = quantile(measured.forwarded, 0.99);
      notes.push(
        `${agents} agents: ${describe(measured.forwarded)}; until the directory was answered: ${describe(measured.answered)}`,
      );
      progress(notes.at(-1) ?? '');
    }
    return { figures: { p99_ms: p99 }, notes };
  } finally {
    await upstream.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function describe(samples: readonly number[]): string {
  const [p50, p99, worst] = [0.5, 0.99, 1].map((q) => quantile(samples, q).toFixed(1));
  return `p50 ${p50} ms, p99 ${p99} ms, worst ${worst} ms of ${samples.length}`;
}

interface Place {
  readonly folder: string;
  readonly upstreamPort: number;
  readonly agents: number;
}

interface Measured {
  /** Milliseconds until the last forwarded byte, one for each leaver. */
  readonly forwarded: number[];
  /** Until the directory was answered: all agents have lost their owner by then. */
  readonly answered: number[];
}

async function measureLeavers(place: Place, leavers: number): Promise<Measured> {
  const child = await startChild('gateway.ts', [place.folder]);
  try {
    await openGateway(child, place.upstreamPort, [makeAgentKey()]);
    const directory = await connectDirectory(child, place.folder);
    const measured: Measured = { forwarded: [], answered: [] };
    for (let i = 0; i < leavers; i++) {
      const { id } = await directory.send('POST', '/Users', { userName: `owner-${i}` });
      const { streams, later } = await startAgents(child, id, place);
      // One that had ended by itself would count as cut in no time.
      if (!streams.every((stream) => stream.isFlowing()))
        throw new Error('a call had ended before anybody left');
      const sentAt = performance.now();
      const left = directory.send('PATCH', `/Users/${id}`, {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
        Operations: [{ op: 'Replace', path: 'active', value: 'False' }],
      });
      const ends = await Promise.all(streams.map((stream) => stream.ended));
      measured.forwarded.push(Math.max(0, ...ends.map((end) => end.forwardedAt - sentAt)));
      await left;
      measured.answered.push(performance.now() - sentAt);
      await requireRefused(child.port, later);
    }
    return measured;
  } finally {
    await child.stop();
  }
}

/** What flows no more because nothing runs any more proves nothing: the gateway answers, and says no. */
async function requireRefused(port: number, request: Buffer): Promise<void> {
  const { firstFailure } = await sendRequests(port, [request], 1);
  if (!refused.test(firstFailure ?? ''))
    throw new Error(`a call of who left was not refused: ${firstFailure}`);
}

interface Started {
  readonly streams: readonly Stream[];
  /** A call of one of the agents that was not sent yet. */
  readonly later: Buffer;
}

/** New agents of the person, with a call each that goes on. */
async function startAgents(
  child: Child,
  personId: string,
  { agents: count, upstreamPort }: Place,
): Promise<Started> {
  const keys = Array.from({ length: count }, makeAgentKey);
  const jwks = keys.map((key) => key.publicJwk);
  const upstreams = Math.ceil(count / agentsOfUpstream);
  const asked = { kind: 'hire', personId, jwks, upstreamPort, upstreams } as const;
  const { agents } = await child.ask<HireAnswer>(asked);
  const { nonce } = await child.ask<NonceAnswer>({ kind: 'nonce' });
  const pause = Math.max(shortestPauseMilliseconds, Math.round((count * 1000) / messagesASecond));
  const requests = agents.flatMap(({ url, accessToken }, i) => {
    const key = keys[i];
    if (key === undefined) throw new Error('an agent has no key');
    return makeRequests([{ key, accessToken }], { url, nonce, count: 1, first: i, order: `stream:${pause}` });
  });
  const streams: Stream[] = [];
  for (let from = 0; from < requests.length; from += startedAtOnce) {
    const some = requests.slice(from, from + startedAtOnce).map((request) => openStream(child.port, request));
    await Promise.all(some.map((stream) => stream.flowing(2)));
    streams.push(...some);
  }
  const [first, key] = [agents[0], keys[0]];
  if (first === undefined || key === undefined) throw new Error('there is no agent');
  const [later] = makeRequests([{ key, accessToken: first.accessToken }], {
    url: first.url,
    nonce,
    count: 1,
  });
  if (later === undefined) throw new Error('there is no request');
  return { streams, later };
}

interface Directory {
  send(method: string, path: string, body: object): Promise<{ readonly id: string }>;
}

async function connectDirectory(child: Child, folder: string): Promise<Directory> {
  const operator = (await readFile(join(folder, 'operator.token'), 'utf8')).trim();
  const send = async <Answer>(path: string, token: string, method: string, body: object): Promise<Answer> => {
    const response = await fetch(`http://127.0.0.1:${child.port}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Answer;
  };
  const made = await send<{ readonly token: string }>('/v1/people/scim-tokens', operator, 'POST', {
    name: 'Bench',
  });
  return { send: (method, path, body) => send(`/scim/v2${path}`, made.token, method, body) };
}
