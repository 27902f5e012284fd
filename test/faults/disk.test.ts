import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type EnrolledAgent,
  type GatewayProcess,
  PATIENT,
  startGatewayProcess,
  startPlainUpstream,
  toolCall,
  type Upstream,
} from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isResult, readRefusal } from '../attacks/ground/read-refusal.ts';
import { limitFiles } from './ground/limit-files.ts';
import { markedArguments } from './ground/marks.ts';
import { readEvidence } from './ground/read-evidence.ts';

const AGENTS = 6;
const ROOM_BYTES = 400_000;
const PADDING = 'x'.repeat(10_000);

describe('ledger.disk-full-and-back', { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-disk-'));
  let upstream: Upstream;
  let gateway: GatewayProcess;
  let url: string;
  let crew: EnrolledAgent[];
  let calls = 0;
  const results = new Set<string>();

  beforeAll(async () => {
    upstream = await startPlainUpstream();
    gateway = await startGatewayProcess({ folder, environment: PATIENT });
    url = await gateway.addUpstream('shop', { url: upstream.url });
    await gateway.activatePolicy('permit (principal, action, resource);');
    crew = [];
    for (let n = 0; n < AGENTS; n += 1) crew.push(await gateway.enrol());
  }, 60_000);
  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
    rmSync(folder, { recursive: true });
  });

  /** One call; undefined when it had a result, and else the code of its refusal. */
  async function call({ agent, token }: EnrolledAgent): Promise<string | undefined> {
    const mark = `d${calls++} ${PADDING}`;
    const { message, headers } = toolCall('echo', markedArguments('echo', mark));
    const reply = await agent.send({ url, token, message, headers, patienceMilliseconds: 10_000 });
    if (!isResult(reply)) return readRefusal(reply) ?? `${reply.status} ${reply.body}`;
    results.add(mark);
    return undefined;
  }

  function largestFileBytes(): number {
    return Math.max(
      ...['countersign.db', 'countersign.db-wal'].map((name) => statSync(join(folder, name)).size),
    );
  }

  async function callUntilRefused(one: EnrolledAgent): Promise<string> {
    for (let n = 0; n < 500; n += 1) {
      const refusal = await call(one);
      if (refusal !== undefined) return refusal;
    }
    return 'never';
  }

  it('refuses every call once the disk is full, and forwards none of them', async () => {
    limitFiles(gateway.pid, largestFileBytes() + ROOM_BYTES);
    const refusals = await Promise.all(crew.map(callUntilRefused));
    // What is too much for several at once may still fit for one.
    for (const one of crew) refusals.push(await callUntilRefused(one));
    expect(new Set(refusals)).toEqual(new Set(['ledger.unavailable']));
    expect(results.size).toBeGreaterThan(0);
    // A write-ahead log that was copied back begins again at its start and has room there: leave none at all.
    limitFiles(gateway.pid, 0);
    const arrived = upstream.journal.calls().length;
    for (const one of crew) expect(await call(one)).toBe('ledger.unavailable');
    expect(upstream.journal.calls()).toHaveLength(arrived);
  });

  it('changes nothing in the meantime, and still answers questions', async () => {
    const [first] = crew;
    if (first === undefined) throw new Error('there is no agent');
    const suspended = await gateway.operator('POST', `/v1/agents/${first.agent.agentId}/suspend`, {});
    expect(suspended.json).toMatchObject({ code: 'ledger.unavailable' });
    const asked = await gateway.operator('GET', `/v1/agents/${first.agent.agentId}`);
    expect(asked.json).toMatchObject({ state: 'active' });
    await expect(first.renew()).rejects.toThrow('no token');
  });

  it('goes on by itself when there is room again, with every promise kept', async () => {
    limitFiles(gateway.pid, null);
    for (const one of crew) expect(await call(one)).toBeUndefined();
    const { report, calls: evidence } = await readEvidence(gateway);
    expect(report.findings).toEqual([]);
    const marks = upstream.journal.calls().map(({ arguments: args }) => (args as { text: string }).text);
    for (const mark of [...marks, ...results]) {
      expect(evidence.get(mark)?.map(({ effect }) => effect)).toEqual(['allow']);
    }
    expect(new Set(marks).size).toBe(marks.length);
  });

  it('says after the next start how each call ended, or that it is not known', async () => {
    await gateway.stop();
    gateway = await startGatewayProcess({ folder, environment: PATIENT });
    const { calls: evidence } = await readEvidence(gateway);
    const open = [...evidence.values()]
      .flat()
      .filter(({ effect, ends }) => effect === 'allow' && ends.length !== 1);
    expect(open).toEqual([]);
  });
});
