import {
  type AgentProxy,
  everythingProgram,
  startAgentProxy,
  startEverythingUpstream,
  startGateway,
  startSessionUpstream,
  type TestGateway,
  type Upstream,
} from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runMcpSuite, type SuiteRun } from './run-mcp-suite.ts';

const WANTED_CHECKS = 80;
const RENEW_AFTER_MILLISECONDS = 60_000;

// The suite cannot authenticate, so a proxy on loopback adds a token and a proof to what it sends, and nothing else.
describe('mcp.conformance-older-clients', () => {
  const ends: (() => Promise<void>)[] = [];
  let gateway: TestGateway;
  let modern: Upstream;
  let direct: SuiteRun;

  beforeAll(async () => {
    const alone = await startSessionUpstream();
    ends.push(() => alone.close());
    modern = await startEverythingUpstream();
    ends.push(() => modern.close());
    gateway = await startGateway();
    ends.push(() => gateway.stop());
    await gateway.addUpstream('modern', { url: modern.url });
    await gateway.addUpstream('program', { program: everythingProgram() });
    await gateway.activatePolicy('permit (principal, action, resource);');
    direct = await runMcpSuite(alone.url, '2025-11-25');
  }, 240_000);
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });

  async function openProxy(upstream: string): Promise<AgentProxy> {
    const { agent, renew, token: first } = await gateway.enrol();
    let current = { token: first, at: Date.now() };
    const token = async () => {
      if (Date.now() - current.at > RENEW_AFTER_MILLISECONDS)
        current = { token: await renew(), at: Date.now() };
      return current.token;
    };
    return startAgentProxy({ agent, target: `${gateway.url}/mcp/${upstream}`, token });
  }

  it('is measured on a fixture that passes', () => {
    expect(direct.exitCode, direct.output).toBe(0);
    expect(direct.passed).toBeGreaterThanOrEqual(WANTED_CHECKS);
  });

  it.each([
    ['program', 'an upstream of the same revision'],
    ['modern', 'an upstream of revision 2026-07-28'],
  ])('passes what passes directly, in front of %s: %s', async (upstream) => {
    const proxy = await openProxy(upstream);
    const through = await runMcpSuite(proxy.url, '2025-11-25').finally(() => proxy.close());
    expect(through.failed, through.output).toEqual([]);
    expect(through.exitCode, through.output).toBe(0);
    expect(through.passed, through.output).toBeGreaterThanOrEqual(WANTED_CHECKS);
    const lost = [...direct.checks].filter(
      ([name, status]) => status === 'SUCCESS' && through.checks.get(name) !== 'SUCCESS',
    );
    // An answer that is all there is to say is plain JSON, so there is no stream to look at.
    expect(lost.map(([name]) => name)).toEqual(['server-sse-multiple-streams/server-sse-streams-functional']);
  });
});
