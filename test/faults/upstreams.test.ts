import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type EnrolledAgent,
  type GatewayProcess,
  hostileProgram,
  PATIENT,
  startCrashingUpstream,
  startDrippingUpstream,
  startFloodingUpstream,
  startGatewayProcess,
  startHungUpstream,
  startLyingUpstream,
  startMalformedUpstream,
  startPlainUpstream,
  toolCall,
  type Upstream,
} from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isResult, readRefusal } from '../attacks/ground/read-refusal.ts';
import { markedArguments } from './ground/marks.ts';
import { readEvidence } from './ground/read-evidence.ts';
import { watchMemory } from './ground/watch-memory.ts';

const MEGABYTE = 1024 * 1024;
const WIDTH = 4;
const LOAD_MILLISECONDS = 8_000;
const MOST_EXTRA_BYTES = 400 * MEGABYTE;
/** For a busy machine; alone it is a few milliseconds. */
const MOST_HONEST_MILLISECONDS = 4_000;

const HOSTILE: { readonly [name: string]: { start: () => Promise<Upstream>; refusal: string } } = {
  hung: { start: () => startHungUpstream(), refusal: 'upstream.timed_out' },
  'hung-in-stream': { start: () => startHungUpstream({ after: 'headers' }), refusal: 'upstream.timed_out' },
  dripping: { start: () => startDrippingUpstream(), refusal: 'upstream.timed_out' },
  crashing: { start: () => startCrashingUpstream({ after: 'half a body' }), refusal: 'upstream.failed' },
  'crashing-in-stream': {
    start: () => startCrashingUpstream({ after: 'one event' }),
    refusal: 'upstream.failed',
  },
  'flooding-events': {
    start: () => startFloodingUpstream({ flood: 'endless events' }),
    refusal: 'upstream.result_too_large',
  },
  'flooding-line': {
    start: () => startFloodingUpstream({ flood: 'endless line' }),
    refusal: 'upstream.result_too_large',
  },
  'flooding-body': {
    start: () => startFloodingUpstream({ flood: 'endless body' }),
    refusal: 'upstream.result_too_large',
  },
  lying: { start: () => startLyingUpstream({ lie: 'wrong id' }), refusal: 'upstream.lied' },
  malformed: { start: () => startMalformedUpstream({ body: 'deep' }), refusal: 'upstream.lied' },
};
const PROGRAMS: { readonly [name: string]: { mode: string; refusal: string } } = {
  'hanging-program': { mode: 'hang', refusal: 'upstream.timed_out' },
  'crashing-program': { mode: 'crash', refusal: 'upstream.failed' },
  'flooding-program': { mode: 'endless line', refusal: 'upstream.result_too_large' },
};

/** Short for what only time ends; else long enough to start a program on a busy machine. */
function boundsOf(refusal: string) {
  return { timeoutSeconds: refusal === 'upstream.timed_out' ? 1 : 10, maxResultBytes: MEGABYTE };
}

const NAMES = ['honest', ...Object.keys(HOSTILE), ...Object.keys(PROGRAMS)];

interface Seen {
  readonly codes: Set<string>;
  calls: number;
  slowestMilliseconds: number;
}

describe('upstream.hostile-under-load', { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-hostile-'));
  const upstreams: Upstream[] = [];
  const seen = new Map<string, Seen>();
  let gateway: GatewayProcess;
  let enrolled: EnrolledAgent;
  /** One for each upstream, as a token names a few resources at most. */
  const tokens = new Map<string, string>();
  let memory: { before: number; peak: number };

  beforeAll(async () => {
    gateway = await startGatewayProcess({ folder, environment: PATIENT });
    await gateway.activatePolicy('permit (principal, action, resource);');
    const honest = await startPlainUpstream();
    upstreams.push(honest);
    await gateway.addUpstream('honest', { url: honest.url });
    enrolled = await gateway.enrol();
    for (const [name, { start, refusal }] of Object.entries(HOSTILE)) {
      const upstream = await start();
      upstreams.push(upstream);
      await gateway.addUpstream(name, { url: upstream.url, ...boundsOf(refusal) });
    }
    for (const [name, { mode, refusal }] of Object.entries(PROGRAMS))
      await gateway.addUpstream(name, { program: hostileProgram(mode), ...boundsOf(refusal) });
    const { agent, task } = enrolled;
    for (const name of NAMES)
      tokens.set(name, await agent.token({ task, resource: [`${gateway.url}/mcp/${name}`] }));
    memory = await loadAll();
  }, 60_000);
  afterAll(async () => {
    await gateway?.kill();
    for (const upstream of upstreams) await upstream.close();
    rmSync(folder, { recursive: true });
  });

  /** Calls every upstream at once, again and again, and notes how it went. */
  async function loadAll(): Promise<{ before: number; peak: number }> {
    await callOnce('honest');
    const before = watchMemory(gateway.pid).stop().peakBytes;
    const watch = watchMemory(gateway.pid);
    const until = performance.now() + LOAD_MILLISECONDS;
    const workers = NAMES.flatMap((name) =>
      Array.from({ length: WIDTH }, async () => {
        while (performance.now() < until) await callOnce(name);
      }),
    );
    await Promise.all(workers);
    return { before, peak: watch.stop().peakBytes };
  }

  async function callOnce(name: string): Promise<void> {
    const one = seen.get(name) ?? { codes: new Set(), calls: 0, slowestMilliseconds: 0 };
    seen.set(name, one);
    const { message, headers } = toolCall('echo', markedArguments('echo', `${name}-${one.calls++}`));
    const begun = performance.now();
    const reply = await enrolled.agent.send({
      url: `${gateway.url}/mcp/${name}`,
      token: tokens.get(name) ?? '',
      message,
      headers,
      patienceMilliseconds: 20_000,
    });
    one.slowestMilliseconds = Math.max(one.slowestMilliseconds, performance.now() - begun);
    one.codes.add(isResult(reply) ? 'result' : (readRefusal(reply) ?? `${reply.status} ${reply.body}`));
  }

  it.each(Object.entries({ ...HOSTILE, ...PROGRAMS }))(
    'ends every call to %s with its code',
    (name, { refusal }) => {
      expect([...(seen.get(name)?.codes ?? [])]).toEqual([refusal]);
      expect(seen.get(name)?.slowestMilliseconds).toBeLessThan(
        boundsOf(refusal).timeoutSeconds * 1000 + MOST_HONEST_MILLISECONDS,
      );
    },
  );

  it('serves the honest one beside them all the while', () => {
    expect([...(seen.get('honest')?.codes ?? [])]).toEqual(['result']);
    expect(seen.get('honest')?.calls).toBeGreaterThan(20);
    expect(seen.get('honest')?.slowestMilliseconds).toBeLessThan(MOST_HONEST_MILLISECONDS);
  });

  it('holds no more memory for it than it may', () => {
    expect(memory.peak - memory.before).toBeLessThan(MOST_EXTRA_BYTES);
  });

  it('has each of these calls on record with one end', async () => {
    const { report, calls } = await readEvidence(gateway);
    expect(report.findings).toEqual([]);
    const attempts = [...calls.values()].flat();
    const made = [...seen.values()].reduce((sum, { calls: count }) => sum + count, 0);
    expect(attempts).toHaveLength(made);
    expect(attempts.filter(({ effect, ends }) => effect !== 'allow' || ends.length !== 1)).toEqual([]);
  });
});
