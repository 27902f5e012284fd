import { sendRequests } from '../load/send-requests.ts';
import type { BenchOptions, BenchReport } from '../main.ts';
import { describeFolder } from '../path/describe-folder.ts';
import { type Caller, makeAgentKey } from '../path/make-requests.ts';
import { openStream, type Stream } from '../revoke/open-stream.ts';
import { quantile } from '../statistics.ts';
import { type BusKind, type Replicas, startReplicas } from './start-replicas.ts';

const liveTasks = [1, 100, 1_000] as const;
const samplesARound = 20;
/** Calls of the revoked task in flight, and of others beside them. */
const affected = 4;
const bystanders = 10;
const connections = 16;

/** As the bench of one gateway, but the calls are at the last of several, and the request to revoke goes to the first. */
export async function runReplicaRevokeBench(
  options: BenchOptions,
  { count, bus }: { readonly count: number; readonly bus: BusKind },
): Promise<BenchReport> {
  const p50: Record<string, number> = {};
  const p99: Record<string, number> = {};
  const notes = [`${count} gateways on one PostgreSQL, bus ${bus}; revoked at the first, calls at the last`];
  for (const tasks of liveTasks) {
    const samples = options.rounds * samplesARound;
    const keys = Array.from({ length: Math.max(tasks, samples + bystanders) }, makeAgentKey);
    const replicas = await startReplicas({ count, bus, keys, upstream: '../revoke/streaming-upstream.ts' });
    try {
      if (notes.length === 1) notes.push(await describeFolder(replicas.folder));
      const times = await measure(replicas, { tasks, samples, last: count - 1 });
      p50[tasks] = quantile(times, 0.5);
      p99[tasks] = quantile(times, 0.99);
      notes.push(`${tasks} live tasks: worst ${Math.max(...times).toFixed(1)} ms of ${times.length}`);
      options.progress(notes.at(-1) ?? '');
    } finally {
      await replicas.stop();
    }
  }
  return { figures: { p50_ms: p50, p99_ms: p99 }, notes };
}

async function measure(
  replicas: Replicas,
  { tasks, samples, last }: { readonly tasks: number; readonly samples: number; readonly last: number },
): Promise<readonly number[]> {
  const { first } = replicas;
  const port = replicas.children[last]?.port ?? 0;
  const beside: Stream[] = [];
  try {
    // A call each, so that the gateway holds the task.
    const live = first.all.slice(0, tasks);
    if (tasks > 1) await sendRequests(port, await replicas.prepareAt(last, live, live.length), connections);
    beside.push(...(await openStreams(replicas, first.all.slice(-bystanders), { last, each: 1 })));
    const times: number[] = [];
    for (let i = 0; i < samples; i += 1) {
      if (i % 100 === 99) await first.renew();
      const caller = first.all[i];
      if (caller === undefined) throw new Error('there is no agent left');
      const streams = await openStreams(replicas, [caller], { last, each: affected });
      const sentAt = performance.now();
      await replicas.operate(0, 'POST', `/v1/delegations/${first.delegations[i]}/revoke`, {});
      const ends = await Promise.all(streams.map((stream) => stream.ended));
      times.push(Math.max(0, ...ends.map((end) => end.forwardedAt - sentAt)));
    }
    return times;
  } finally {
    for (const stream of beside) stream.close();
  }
}

async function openStreams(
  replicas: Replicas,
  callers: readonly Caller[],
  { last, each }: { readonly last: number; readonly each: number },
): Promise<Stream[]> {
  const requests = await replicas.prepareAt(last, callers, callers.length * each, 'stream');
  const streams = requests.map((prepared) => openStream(replicas.children[last]?.port ?? 0, prepared));
  await Promise.all(streams.map((stream) => stream.flowing(5)));
  return streams;
}
