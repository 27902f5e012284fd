import { describe, expect, it } from 'vitest';
import { createCaller } from './ground/create-caller.ts';
import { runCountersign } from './ground/run-countersign.ts';
import { requireDone, useScene } from './ground/use-scene.ts';

interface Ghosts {
  readonly items: readonly { readonly agentName: string; readonly kind: string; readonly fix: string }[];
}

describe('agent.ghosts-found', () => {
  const scene = useScene();

  it('lists them with evidence and what to do, and fails a build that asks for it', async () => {
    const { gateway, url } = scene();
    const lea = await gateway.invite('Lea', ['owner']);
    const left = await gateway.enrol({ name: 'left-behind', owner: lea });
    const used = createCaller(await gateway.enrol({ name: 'used' }), url);
    const list = async () => requireDone<Ghosts>(await gateway.operator('GET', '/v1/agents/ghosts')).items;
    expect(await list()).toEqual([]);
    const words = ['agents', 'ghosts', '--exit-code', '--json'];
    const environment = {
      COUNTERSIGN_DATA: gateway.folder,
      COUNTERSIGN_URL: gateway.url,
    };
    expect((await runCountersign(words, { folder: gateway.folder, environment })).exitCode).toBe(0);

    await createCaller(left, url).call('echo', { text: 'hi' });
    requireDone(await gateway.operator('POST', `/v1/people/${lea.id}/suspend`));
    const ghosts = await list();
    expect(ghosts).toContainEqual(
      expect.objectContaining({
        agentName: 'left-behind',
        kind: 'no_owner',
        fix: 'agents hand-over left-behind --to <person>',
      }),
    );
    const told = await runCountersign(words, { folder: gateway.folder, environment });
    expect([told.exitCode, JSON.parse(told.stdout)]).toEqual([4, ghosts]);

    gateway.advance(31 * 86_400_000);
    const late = await list();
    expect(late.find(({ agentName }) => agentName === 'used')).toMatchObject({ kind: 'unused' });
    expect(used.agentId).toMatch(/^agt_/);
  });
});
