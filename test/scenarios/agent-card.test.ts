import { type AgentCard, verifyAgentCardSignature } from '@a2a-js/sdk';
import type { EnrolledAgent } from '@countersign/testkit';
import type { JWK } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { requireDone, useScene } from './ground/use-scene.ts';

const scene = useScene();
let enrolled: EnrolledAgent;
let path: string;

beforeAll(async () => {
  enrolled = await scene().gateway.enrol();
  path = `/v1/agents/${enrolled.agent.agentId}/card`;
});

const read = () =>
  fetch(`${scene().gateway.url}/a2a/${enrolled.agent.agentId}/.well-known/agent-card.json`, {
    redirect: 'error',
  });
const settings = { url: 'https://clerk.example/rpc', streaming: true };

async function verify(card: unknown): Promise<void> {
  const { gateway } = scene();
  const { keys } = (await (await fetch(`${gateway.url}/oauth/jwks`)).json()) as { keys: JWK[] };
  const check = verifyAgentCardSignature(async (kid, jku) => {
    expect(jku).toBe(`${gateway.url}/oauth/jwks`);
    const found = keys.find((key) => key.kid === kid);
    if (found === undefined) throw new Error('an unknown key');
    return found;
  });
  // As it came: what the SDK has made of a card lacks members that are signed.
  await check(card as AgentCard);
}

describe('the card of an agent', () => {
  it('peer.signed-card: is read by anybody once its owner publishes it, and verified by the official SDK', async () => {
    const { gateway } = scene();
    expect((await read()).status).toBe(404);
    requireDone(await gateway.operator('PUT', path, settings));
    const reply = await read();
    expect(reply.status).toBe(200);
    const card = (await reply.json()) as { description: string };
    expect(card).toMatchObject({
      supportedInterfaces: [{ url: settings.url, protocolBinding: 'JSONRPC', protocolVersion: '1.0' }],
    });
    await verify(card);
    const skills = [{ id: 'lookup', name: 'Look up', description: 'Finds an entry', tags: ['books'] }];
    const restUrl = 'https://clerk.example/rest';
    requireDone(await gateway.operator('PUT', path, { ...settings, restUrl, skills }));
    const both = (await (await read()).json()) as object;
    expect(both).toMatchObject({
      skills,
      supportedInterfaces: [{ url: settings.url }, { url: restUrl, protocolBinding: 'HTTP+JSON' }],
    });
    await verify(both);
    await expect(verify({ ...card, description: 'Another.' })).rejects.toThrow();
    const kinds = (await gateway.records({ agent: enrolled.agent.agentId })).map(({ kind }) => kind);
    expect(kinds).toContain('agent.card_published');
  });

  it('peer.signed-card: is published by its owner alone, and gone with the agent', async () => {
    const { gateway } = scene();
    const other = await gateway.invite('Somebody else', ['owner']);
    expect((await other.request('PUT', path, settings)).status).toBe(403);
    expect((await other.request('DELETE', path)).status).toBe(403);
    for (const url of ['javascript:alert(1)', 'https://a:b@clerk.example/', 'nothing'])
      expect((await gateway.operator('PUT', path, { url })).status).toBe(400);
    const id = enrolled.agent.agentId;
    requireDone(await gateway.operator('POST', `/v1/agents/${id}/suspend`, {}));
    expect((await read()).status).toBe(404);
    requireDone(await gateway.operator('POST', `/v1/agents/${id}/resume`, {}));
    expect((await read()).status).toBe(200);
    const gone = await gateway.administrator.request('DELETE', path);
    expect(gone.status, gone.body).toBe(204);
    expect((await read()).status).toBe(404);
  });
});
