import { mkdirSync } from 'node:fs';
import { type PeerAgent, startPeerAgent } from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireDone } from '../scenarios/ground/use-scene.ts';
import { findBarriers, measureOverflow } from './ground/find-barriers.ts';
import type { Visitor } from './ground/open-visitor.ts';
import { everyRole, expectCalm, useStage } from './ground/use-stage.ts';

const stage = useStage();
let owner: Visitor;
let peer: PeerAgent;

beforeAll(async () => {
  owner = await stage().join('Owner', everyRole);
  peer = await startPeerAgent();
});
afterAll(() => peer.close());

const agentId = () => stage().house.agent.agent.agentId;

describe('peer.console', () => {
  it('shows the card of an agent, the peers that it may call, and who they are', async () => {
    const { gateway, agent } = stage().house;
    const { page } = owner;
    await page.goto(`${stage().url}/agents/${agentId()}`);
    await page.getByText('None is published').waitFor();
    await page.getByText('It may call no other agent').waitFor();
    const helper = await gateway.enrol({ name: 'ledger-clerk' });
    const settings = { url: peer.url, agent: helper.agent.agentId, direct: true };
    await gateway.addUpstream('clerk', { peer: settings });
    await gateway.addUpstream('archive', { peer: { url: peer.url } });
    const skills = [{ id: 'report', name: 'Report', description: 'Says what is due', tags: ['books'] }];
    const card = { url: 'https://bot.example/rpc', description: '<b>Does</b> the books', skills };
    requireDone(await gateway.operator('PUT', `/v1/agents/${agentId()}/card`, card));
    const url = `${gateway.url}/a2a/clerk`;
    const message = {
      ...{ jsonrpc: '2.0', id: 1, method: 'SendMessage' },
      params: { message: { messageId: 'one', role: 'ROLE_USER', parts: [{ text: 'stay' }] } },
    };
    const headers = { 'a2a-version': '1.0', 'content-type': 'application/json' };
    const token = await agent.agent.token({ task: agent.task, resource: [`${gateway.url}/mcp/clerk`] });
    const sent = await agent.agent.send({ url, token, message, headers });
    expect(sent.status, sent.body).toBe(200);

    await page.reload();
    await page.getByText('<b>Does</b> the books').waitFor();
    const panel = await page.locator('main').innerText();
    for (const text of ['https://bot.example/rpc', 'report', 'clerk', 'archive', 'ledger-clerk', 'direct'])
      expect(panel).toContain(text);
    const link = page.getByRole('link', { name: 'the card, as others read it' });
    expect(await link.getAttribute('href')).toContain(`/a2a/${agentId()}/.well-known/agent-card.json`);
    expect(await findBarriers(page)).toEqual([]);
    expect(await measureOverflow(page)).toBe(0);
    if (process.env.TAKE_PICTURES !== undefined) {
      mkdirSync(process.env.TAKE_PICTURES, { recursive: true });
      await page.getByRole('heading', { name: 'Peers' }).scrollIntoViewIfNeeded();
      await page.screenshot({ path: `${process.env.TAKE_PICTURES}/agent-peers.png` });
    }
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await measureOverflow(page)).toBe(0);
    expectCalm(owner);
  });

  it('tells programs the same', async () => {
    const { gateway } = stage().house;
    const { peers, calledAs } = requireDone<{ peers: object[]; calledAs: string[] }>(
      await gateway.operator('GET', `/v1/agents/${agentId()}/peers`),
    );
    expect(calledAs).toEqual([]);
    expect(peers).toEqual([
      { upstream: 'archive', agentId: null, direct: false, begun: 0, waiting: 0 },
      { upstream: 'clerk', agentId: expect.any(String), direct: true, begun: 1, waiting: 0 },
    ]);
  });
});
