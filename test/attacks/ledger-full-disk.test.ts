import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyExport } from '@countersign/ledger';
import {
  createRawAgent,
  makeAgentKey,
  startGatewayProcess,
  startNaiveGateway,
  startPlainUpstream,
  toolCall,
} from '@countersign/testkit';
import { describe, expect, it } from 'vitest';
import { isResult, readRefusal } from './ground/read-refusal.ts';

const LIMIT_KILOBYTES = 8_192;
const CALLS = 400;

describe('ledger.full-disk', () => {
  it('does not bother a naive gateway, which goes on without a trace', async () => {
    const upstream = await startPlainUpstream();
    const naive = await startNaiveGateway({
      upstreams: { shop: { url: upstream.url } },
      allow: { agt_1: ['shop/echo'] },
      auditFile: '/dev/full',
    });
    const agent = createRawAgent({ issuer: naive.url, agentId: 'agt_1', key: await makeAgentKey() });
    const token = `e30.${Buffer.from('{"sub":"agt_1"}').toString('base64url')}.`;
    const { message, headers } = toolCall('echo', { text: 'hi' });
    expect(isResult(await agent.send({ url: `${naive.url}/mcp/shop`, token, message, headers }))).toBe(true);
    expect(upstream.journal.calls()).toHaveLength(1);
    await naive.close();
    await upstream.close();
  });

  it('stops calls here before they go out, and loses nothing that was recorded', {
    timeout: 60_000,
  }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'countersign-full-'));
    const upstream = await startPlainUpstream();
    const full = await startGatewayProcess({ folder, maxFileKilobytes: LIMIT_KILOBYTES });
    const url = await full.addUpstream('shop', { url: upstream.url });
    await full.activatePolicy('permit (principal, action, resource);');
    const { agent, token } = await full.enrol();
    const results: number[] = [];
    const refusals = new Set<string | undefined>();
    for (let n = 0; n < CALLS && refusals.size === 0; n += 1) {
      const { message, headers } = toolCall('echo', { text: `${n} ${'x'.repeat(60_000)}` });
      const reply = await agent.send({ url, token, message, headers });
      if (isResult(reply)) results.push(n);
      else refusals.add(readRefusal(reply));
    }
    expect([...refusals]).toEqual(['ledger.unavailable']);
    expect(results.length).toBeGreaterThan(5);
    // One that went out may have lost its result to the full disk; none went out without its decision.
    const arrived = upstream.journal.calls().length;
    expect(arrived - results.length).toBeLessThanOrEqual(1);
    await full.kill();

    const roomy = await startGatewayProcess({ folder });
    const report = await verifyExport(stream(await roomy.exportLedger()));
    expect(report.findings).toEqual([]);
    const decisions = await roomy.records({ kind: 'action.decision', agent: agent.agentId });
    expect(decisions.length).toBeGreaterThanOrEqual(arrived);
    await roomy.stop();
    await upstream.close();
    rmSync(folder, { recursive: true });
  });
});

async function* stream(lines: readonly string[]): AsyncIterable<string> {
  yield* lines;
}
