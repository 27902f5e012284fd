import { Agent } from '@countersign/sdk';
import { makeAgentKey } from '@countersign/testkit';
import { describe, expect, it } from 'vitest';
import { ASK_BEYOND_PLAN, startOffice } from './ground/start-office.ts';
import { useScene } from './ground/use-scene.ts';
import { runCountersign } from './run-countersign.ts';

const scene = useScene({ upstream: startOffice, policy: ASK_BEYOND_PLAN });
const prompt = 'Send a mail to ben@example.com with the notes of the meeting.';
const toCarla = { recipient: 'carla@example.com', subject: 'Notes', body: 'All of them' };

async function createAgent(): Promise<Agent> {
  const { gateway } = scene();
  const key = await makeAgentKey();
  const { agent } = await gateway.enrol({ key, isDefault: true });
  return Agent.create({ url: gateway.url, agentId: agent.agentId, key: { ...key.privateJwk } });
}

async function run(...words: string[]) {
  const { url, folder } = scene().gateway;
  return runCountersign([...words, '--url', url, '--data', folder, '--json']);
}

describe('task.plan-sdk', () => {
  it('opens a task with a prompt, reads what passes, and announces what goes beyond', async () => {
    const { gateway } = scene();
    const agent = await createAgent();
    await using task = await agent.openTask({ purpose: 'Notes', prompt });
    expect((await task.grant()).entries.map(({ tool }) => tool)).toContain('shop/send_mail');
    const asked = await task.amend([{ upstream: 'shop', tool: 'send_mail', arguments: toCarla }]);
    expect(asked.calls).toEqual([{ upstream: 'shop', tool: 'send_mail', standing: 'asked' }]);
    expect(asked.approval.link).toBe(`${gateway.url}/approvals/${asked.approval.id}`);
    expect((await gateway.administrator.decide(asked.approval.id, 'approve')).status).toBe(200);
    const { entries } = await task.grant();
    expect(entries.find(({ source }) => source === 'approval')).toMatchObject({ tool: 'shop/send_mail' });
    await expect(task.givePrompt('Delete it all')).rejects.toMatchObject({ code: 'task.prompt_fixed' });
  });
});

describe('task.plan-command-line', () => {
  it('shows a plan, proposes a change of it and takes away from it', async () => {
    const { gateway } = scene();
    const agent = await createAgent();
    const task = await agent.openTask({ purpose: 'Notes', prompt });
    const proposed = await run(
      'tasks',
      'amend',
      task.id,
      '--call',
      `shop/send_mail=${JSON.stringify(toCarla)}`,
    );
    expect(proposed.stderr).toBe('');
    const { approval } = JSON.parse(proposed.stdout) as { approval: { id: string } };
    expect((await gateway.administrator.decide(approval.id, 'approve')).status).toBe(200);
    const shown = await run('tasks', 'grant', task.id);
    const entries = JSON.parse(shown.stdout) as readonly { id: string; source: string }[];
    const added = entries.find(({ source }) => source === 'person');
    expect(added).toBeDefined();
    const narrowed = await run('tasks', 'narrow', task.id, '--remove', added?.id ?? '');
    expect(JSON.parse(narrowed.stdout)).toHaveLength(entries.length - 1);
    const wrong = await run('tasks', 'amend', task.id, '--call', 'send_mail');
    expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining('upstream/tool')]);
    const none = await run('tasks', 'narrow', task.id, '--remove', 'v9.9');
    expect(none.stderr).toContain('task.plan_wider');
  }, 60_000);
});
