import { describe, expect, it } from 'vitest';
import { issuesToken } from './ground/issues-token.ts';
import { readRefusal } from './ground/read-refusal.ts';
import { useGround } from './ground/use-ground.ts';

describe('token.foreign-task', () => {
  const ground = useGround();

  it('means nothing to a naive gateway: one token is good for every task', async () => {
    const { naive } = ground();
    expect((await naive.call('echo', { text: "for somebody else's task" })).status).toBe(200);
  });

  it('is refused here', async () => {
    const { here } = ground();
    const { agent } = await here.gateway.enrol();
    const stolen = { task: here.enrolled.task, resource: [here.url] };
    const reply = await agent.requestToken(stolen);
    expect(issuesToken(reply)).toBe(false);
    expect(readRefusal(reply)).toBe('token.details_invalid');
  });

  it.each([
    ['another type', [{ type: 'everything', task: 'TASK' }]],
    ['more than was opened', [{ type: 'agent_task', task: 'TASK', actions: ['*'] }]],
    [
      'two of them',
      [
        { type: 'agent_task', task: 'TASK' },
        { type: 'agent_task', task: 'TASK' },
      ],
    ],
    ['none', []],
  ])('cannot ask here for %s', async (_what, details) => {
    const { here } = ground();
    const text = JSON.stringify(details).replaceAll('TASK', here.enrolled.task);
    const wish = { resource: [here.url], form: { authorization_details: text } };
    expect(readRefusal(await here.agent.requestToken(wish))).toBe('token.details_invalid');
  });
});
