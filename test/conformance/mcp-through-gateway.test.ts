import {
  type AgentProxy,
  startAgentProxy,
  startEverythingUpstream,
  startGateway,
  type TestGateway,
  type Upstream,
} from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runMcpSuite, type SuiteRun } from './run-mcp-suite.ts';

const WANTED_CHECKS = 130;
const RENEW_AFTER_MILLISECONDS = 60_000;

// The suite cannot authenticate, so a proxy on loopback adds a token and a proof to what it sends, and nothing else.
describe('mcp.conformance', () => {
  let upstream: Upstream;
  let gateway: TestGateway;
  let proxy: AgentProxy;
  let direct: SuiteRun;
  let through: SuiteRun;

  beforeAll(async () => {
    upstream = await startEverythingUpstream();
    gateway = await startGateway();
    const target = await gateway.addUpstream('everything', { url: upstream.url });
    await gateway.activatePolicy('permit (principal, action, resource);');
    const { agent, renew, token: first } = await gateway.enrol();
    let current = { token: first, at: Date.now() };
    const token = async () => {
      if (Date.now() - current.at > RENEW_AFTER_MILLISECONDS)
        current = { token: await renew(), at: Date.now() };
      return current.token;
    };
    proxy = await startAgentProxy({ agent, target, token });
    direct = await runMcpSuite(upstream.url, '2026-07-28');
    through = await runMcpSuite(proxy.url, '2026-07-28');
  }, 240_000);
  afterAll(async () => {
    await proxy?.close();
    await gateway?.stop();
    await upstream?.close();
  });

  it('passes every scored scenario', () => {
    expect(through.exitCode, through.output).toBe(0);
    expect(through.passed).toBeGreaterThanOrEqual(WANTED_CHECKS);
  });

  it('passes every check that passes directly', () => {
    const lost = [...direct.checks].filter(
      ([name, status]) => status === 'SUCCESS' && through.checks.get(name) !== 'SUCCESS',
    );
    expect(lost, through.output).toEqual([]);
  });
});
