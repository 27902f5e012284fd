import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchOptions, BenchReport } from '../main.ts';
import { type Gateway, openGateway } from '../path/contenders.ts';
import { describeFolder } from '../path/describe-folder.ts';
import { type Caller, makeAgentKey } from '../path/make-requests.ts';
import { sendAll } from '../path/send-all.ts';
import { startChild } from '../path/start-child.ts';
import { quantile } from '../statistics.ts';
import { openStream, type Stream } from './open-stream.ts';

const liveTasks = [1, 100, 10_000] as const;
const samplesARound = 40;
/** Calls of the revoked task in flight, and of others beside them. */
const affected = 4;
const bystanders = 10;
const connections = 64;

/**
 * From the moment a request to revoke a delegation is sent until the last forwarded byte of any call under it has arrived
 * at its caller: a little more than the time in the gateway.
 */
export async function runRevokeBench(options: BenchOptions): Promise<BenchReport> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-bench-'));
  const upstream = await startChild('../revoke/streaming-upstream.ts', []);
  try {
    const p99: Record<string, number> = {};
    const notes = [await describeFolder(folder)];
    for (const tasks of liveTasks) {
      const at = { folder: join(folder, String(tasks)), upstreamPort: upstream.port, tasks };
      const { forwarded, told } = await measureRevocations(at, options);
      p99[tasks] = quantile(forwarded, 0.99);
      notes.push(
        `${tasks} live tasks: ${describe(forwarded)}; until the callers were told: ${describe(told)}`,
      );
      options.progress(notes.at(-1) ?? '');
    }
    return { figures: { p99_ms: p99 }, notes };
  } finally {
    await upstream.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Measured {
  /** Milliseconds until the last forwarded byte, one for each revocation. */
  readonly forwarded: number[];
  /** Until the last byte, which says that the call was cut; its record is durable by then. */
  readonly told: number[];
}

function describe(samples: readonly number[]): string {
  const [p50, p99, worst] = [0.5, 0.99, 1].map((q) => quantile(samples, q).toFixed(1));
  return `p50 ${p50} ms, p99 ${p99} ms, worst ${worst} ms of ${samples.length}`;
}

interface Place {
  readonly folder: string;
  readonly upstreamPort: number;
  readonly tasks: number;
}

/** Every revocation ends a delegation of its own; agents beyond the live ones have no task in memory until their turn. */
async function measureRevocations(place: Place, { rounds, progress }: BenchOptions): Promise<Measured> {
  const count = rounds * samplesARound;
  const keys = Array.from({ length: Math.max(place.tasks, count + bystanders) }, makeAgentKey);
  progress(`setting up: ${keys.length} agents with a delegation and a task each`);
  const child = await startChild('gateway.ts', [place.folder]);
  const pool = new Agent({ keepAlive: true });
  const beside: Stream[] = [];
  try {
    const gateway = await openGateway(child, place.upstreamPort, keys);
    const operator = (await readFile(join(place.folder, 'operator.token'), 'utf8')).trim();
    // A call each, so that the gateway holds the task.
    const live = gateway.all.slice(0, place.tasks);
    if (place.tasks > 1) await sendAll(gateway.port, await gateway.prepare(live, live.length), connections);
    beside.push(...(await openStreams(gateway, gateway.all.slice(-bystanders), 1)));
    const measured: Measured = { forwarded: [], told: [] };
    for (let i = 0; i < count; i++) {
      if (i % 100 === 99) await gateway.renew();
      const caller = gateway.all[i];
      const delegation = gateway.delegations[i];
      if (caller === undefined || delegation === undefined) throw new Error('there is no agent left');
      const streams = await openStreams(gateway, [caller], affected);
      const sentAt = performance.now();
      await revoke(child.port, pool, operator, delegation);
      const ends = await Promise.all(streams.map((stream) => stream.ended));
      // Nothing more may have come from before the request was sent.
      measured.forwarded.push(Math.max(0, ...ends.map((end) => end.forwardedAt - sentAt)));
      measured.told.push(Math.max(...ends.map((end) => end.endedAt - sentAt)));
    }
    return measured;
  } finally {
    for (const stream of beside) stream.close();
    pool.destroy();
    await child.stop();
  }
}

async function openStreams(gateway: Gateway, callers: readonly Caller[], each: number): Promise<Stream[]> {
  const requests = await gateway.prepare(callers, callers.length * each, 0, 'stream');
  const streams = requests.map((prepared) => openStream(gateway.port, prepared));
  await Promise.all(streams.map((stream) => stream.flowing(5)));
  return streams;
}

function revoke(port: number, pool: Agent, operator: string, delegation: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${operator}`, 'content-type': 'application/json' };
    const path = `/v1/delegations/${delegation}/revoke`;
    const sent = request(
      { host: '127.0.0.1', port, agent: pool, method: 'POST', path, headers },
      (answer) => {
        answer.resume();
        answer.once('end', () =>
          answer.statusCode === 200 ? resolve() : reject(new Error(`not revoked: ${answer.statusCode}`)),
        );
      },
    );
    sent.once('error', reject);
    sent.end('{}');
  });
}
