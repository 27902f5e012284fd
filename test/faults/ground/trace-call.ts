import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type GatewayProcess,
  PATIENT,
  startGatewayProcess,
  startPlainUpstream,
  toolCall,
  type Upstream,
} from '@countersign/testkit';
import { isResult } from '../../attacks/ground/read-refusal.ts';

export interface TracedCall {
  /** What the server's process asked of the system for one call, as far as it concerns the disk or the upstream. */
  readonly lines: readonly string[];
  /** The log was written and synced before the first byte left for the upstream. */
  readonly isSyncedFirst: boolean;
}

const OUTCOME_MILLISECONDS = 300;
const CALLS = 'pwrite64,fdatasync,fsync,write,writev,sendto,sendmsg';

/** Attaches strace to a running server for the time of one call. (Linux; needs strace and the right to trace.) */
export async function traceCall(): Promise<TracedCall> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-trace-'));
  const upstream = await startPlainUpstream();
  const gateway = await startGatewayProcess({ folder: join(folder, 'data'), environment: PATIENT });
  try {
    const call = await prepareCall(gateway, upstream);
    await call();
    const file = join(folder, 'trace.txt');
    const detach = await attach(gateway.pid, file);
    await call();
    // The outcome is written after the reply.
    await sleep(OUTCOME_MILLISECONDS);
    await detach();
    return judge(readFileSync(file, 'utf8').split('\n'), join(folder, 'data'), new URL(upstream.url).port);
  } finally {
    await gateway.kill();
    await upstream.close();
    rmSync(folder, { recursive: true });
  }
}

async function prepareCall(gateway: GatewayProcess, { url: at }: Upstream): Promise<() => Promise<void>> {
  const url = await gateway.addUpstream('shop', { url: at });
  await gateway.activatePolicy('permit (principal, action, resource);');
  const { agent, token } = await gateway.enrol();
  const { message, headers } = toolCall('echo', { text: 'traced' });
  return async () => {
    const reply = await agent.send({ url, token, message, headers });
    if (!isResult(reply)) throw new Error(`the call was refused: ${reply.status} ${reply.body}`);
  };
}

async function attach(pid: number, file: string): Promise<() => Promise<void>> {
  const flags = ['-f', '-yy', '-s', '40', '-e', `trace=${CALLS}`, '-o', file, '-p', String(pid)];
  const strace = spawn('strace', flags, { stdio: ['ignore', 'ignore', 'pipe'] });
  const failed = new Promise<never>((_resolve, reject) => strace.once('error', reject));
  const exited = new Promise<void>((resolve) => strace.once('exit', () => resolve()));
  const attached = (async () => {
    for await (const line of createInterface({ input: strace.stderr })) if (line.includes('attached')) return;
    throw new Error('strace could not attach');
  })();
  await Promise.race([attached, failed]);
  return async () => {
    strace.kill('SIGINT');
    await exited;
  };
}

function judge(trace: readonly string[], folder: string, upstreamPort: string): TracedCall {
  const toDisk = (line: string) => line.includes('countersign.db');
  const toUpstream = (line: string) => line.includes(`->127.0.0.1:${upstreamPort}]`);
  const kept = trace.filter((line) => toDisk(line) || toUpstream(line));
  const sent = kept.findIndex(toUpstream);
  const before = kept.slice(0, sent);
  const written = before.findLastIndex((line) => line.includes('pwrite64'));
  const synced = before.findLastIndex((line) => line.includes('fdatasync') || line.includes('fsync'));
  return {
    lines: kept.map((line) => line.replaceAll(`${folder}/`, '')),
    isSyncedFirst: written >= 0 && synced > written,
  };
}
