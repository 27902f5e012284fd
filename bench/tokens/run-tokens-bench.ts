import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchOptions, BenchReport } from '../main.ts';
import { describeFolder } from '../path/describe-folder.ts';
import { makeAgentKey } from '../path/make-requests.ts';
import { sendAll } from '../path/send-all.ts';
import { type Child, startChild } from '../path/start-child.ts';
import { median, quantile } from '../statistics.ts';
import type { EnrolAnswer, LimitAnswer } from './issuer-messages.ts';
import { makeTokenRequests, type TokenClient } from './make-token-requests.ts';
import { measureExchange } from './measure-exchange.ts';

const agents = 100;
const connections = 64;
const tokensARound = 3_000;
const warmUpTokens = 6_000;

/** How fast tokens are issued, against the signatures that needs and nothing else. */
export async function runTokensBench(options: BenchOptions): Promise<BenchReport> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-bench-'));
  const upstream = await startChild('upstream.ts', []);
  const issuer = await startChild('../tokens/issuer.ts', [join(folder, 'issuer')]);
  try {
    const keys = Array.from({ length: agents }, makeAgentKey);
    await issuer.ask({ kind: 'prepare', upstreamPort: upstream.port });
    const enrolled = await issuer.ask<EnrolAnswer>({ kind: 'enrol', jwks: keys.map((key) => key.publicJwk) });
    const clients = keys.map((key, i) => {
      const { id = '', taskId = '' } = enrolled.agents[i] ?? {};
      return { key, agentId: id, taskId };
    });
    const issued = await measureIssue(issuer, { ...enrolled, clients }, options);
    const exchanged = await measureExchange(issuer, { issuer: enrolled.issuer, clients }, options);
    return {
      figures: { ...issued.figures, ...exchanged.figures },
      notes: [await describeFolder(folder), ...issued.notes, ...exchanged.notes],
    };
  } finally {
    await Promise.all([issuer.stop(), upstream.stop()]);
    await rm(folder, { recursive: true, force: true });
  }
}

interface Setting {
  readonly issuer: string;
  readonly resource: string;
  readonly clients: readonly TokenClient[];
}

/** Issue and limit in turn, the ratio taken round by round. */
async function measureIssue(issuer: Child, setting: Setting, { rounds, progress }: BenchOptions) {
  const issued: number[] = [];
  const limits: number[] = [];
  const cpu: number[] = [];
  const bare: number[] = [];
  const latencies: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const count = round === 0 ? warmUpTokens : tokensARound;
    const { nonce } = await issuer.ask<{ nonce: string }>({ kind: 'nonce' });
    const requests = makeTokenRequests(setting.clients, { ...setting, nonce, count });
    const before = await issuer.cpuMicroseconds();
    const sent = await sendAll(issuer.port, requests, connections);
    const used = ((await issuer.cpuMicroseconds()) - before) / count;
    const between = await issuer.cpuMicroseconds();
    const { seconds } = await issuer.ask<LimitAnswer>({ kind: 'limit', count });
    const needed = ((await issuer.cpuMicroseconds()) - between) / count;
    const limit = count / seconds;
    progress(
      `${round === 0 ? 'warm-up' : `round ${round}`}: issued ${sent.perSecond.toFixed(0)}/s ${used.toFixed(0)} us, signatures alone ${limit.toFixed(0)}/s ${needed.toFixed(0)} us`,
    );
    if (round === 0) continue;
    issued.push(sent.perSecond);
    limits.push(limit);
    cpu.push(used);
    bare.push(needed);
    latencies.push(...sent.latencies);
  }
  const ratios = issued.map((value, i) => value / (limits[i] ?? Number.NaN));
  return {
    figures: { issued_per_s: median(issued), issued_over_crypto_limit: median(ratios) },
    notes: [
      `a second, ${connections} connections: ${median(issued).toFixed(0)} tokens; the signatures they need alone ${median(limits).toFixed(0)}`,
      `processor time a token, all threads: ${median(cpu).toFixed(0)} us, its signatures alone ${median(bare).toFixed(0)} us; p50 ${quantile(latencies, 0.5).toFixed(1)} ms, p99 ${quantile(latencies, 0.99).toFixed(1)} ms`,
    ],
  };
}
