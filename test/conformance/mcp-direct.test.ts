import { startEverythingUpstream, type Upstream } from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runMcpSuite } from './run-mcp-suite.ts';

describe('the fixture on its own', () => {
  let upstream: Upstream;
  beforeAll(async () => {
    upstream = await startEverythingUpstream();
  });
  afterAll(() => upstream.close());

  it('mcp.fixture: passes every scored and unscored scenario of revision 2026-07-28', async () => {
    const run = await runMcpSuite(upstream.url, '2026-07-28');
    expect(run.failed, run.output).toEqual([]);
    expect(run.exitCode).toBe(0);
    expect(run.passed).toBeGreaterThanOrEqual(190);
  });
});
