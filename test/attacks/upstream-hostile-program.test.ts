import {
  createRawAgent,
  hostileProgram,
  makeAgentKey,
  startGateway,
  startNaiveGateway,
  type TestGateway,
  toolCall,
} from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isResult, readRefusal } from './ground/read-refusal.ts';

const REFUSALS = {
  hang: 'upstream.timed_out',
  'ignore signals': 'upstream.timed_out',
  crash: 'upstream.failed',
  'crash after half a line': 'upstream.failed',
  'endless line': 'upstream.result_too_large',
  'wrong id': 'upstream.lied',
} as const;
const { message, headers } = toolCall('echo', { text: 'hi' });
const PATIENCE = { patienceMilliseconds: 20_000 };

describe('upstream.hostile-program', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway();
    await gateway.activatePolicy('permit (principal, action, resource);');
  }, 60_000);
  afterAll(() => gateway?.stop());

  it.each(Object.keys(REFUSALS))(
    'leaves the caller of a naive gateway waiting, or with half a line: %s',
    async (mode) => {
      const naive = await startNaiveGateway({
        upstreams: { shop: { program: hostileProgram(mode) } },
        allow: { agt_1: ['shop/echo'] },
      });
      const key = await makeAgentKey();
      const agent = createRawAgent({ issuer: naive.url, agentId: 'agt_1', key });
      const token = `.${Buffer.from('{"sub":"agt_1"}').toString('base64url')}.`;
      const call = { url: `${naive.url}/mcp/shop`, token: `e30${token}`, message, headers };
      const reply = await agent.send({ ...call, patienceMilliseconds: 1_000 });
      expect(isResult(reply), reply.body).toBe(false);
      expect(readRefusal(reply)).toBe(undefined);
      await naive.close();
    },
  );

  it.each(Object.entries(REFUSALS))('is ended here, twice, and says so: %s', async (mode, refusal) => {
    const name = mode.replaceAll(' ', '-');
    // A program that crashed starts anew, which takes its time; only one that hangs has to run into the limit.
    const timeoutSeconds = refusal === 'upstream.timed_out' ? 1 : 15;
    const at = { program: hostileProgram(mode), timeoutSeconds, maxResultBytes: 100_000 };
    const url = await gateway.addUpstream(name, at);
    const { agent, token } = await gateway.enrol();
    for (const attempt of [1, 2]) {
      const reply = await agent.send({ url, token, message, headers, ...PATIENCE });
      expect(readRefusal(reply), `${attempt}: ${reply.status} ${reply.body}`).toBe(refusal);
    }
    const outcomes = await gateway.records({ kind: 'action.outcome', agent: agent.agentId });
    expect(outcomes).toHaveLength(2);
  });
});
