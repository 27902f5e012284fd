import { mcpRequest } from '@countersign/testkit';
import { describe, expect, it } from 'vitest';
import type { Side } from './ground/side.ts';
import { useGround } from './ground/use-ground.ts';

describe('upstream.hidden-tools', () => {
  const ground = useGround({ limits: { actions: ['shop/echo'] } });
  const list = async (side: Side) => {
    const { message, headers } = mcpRequest('tools/list');
    const { json } = await side.send(message, { headers });
    return (json as { result: { cacheScope: string; tools: { name: string }[] } }).result;
  };

  it('are shown to anyone by a naive gateway', async () => {
    expect((await list(ground().naive)).tools.map(({ name }) => name)).toContain('pay');
  });

  it('are not shown here, and what is shown is private', async () => {
    const { tools, cacheScope } = await list(ground().here);
    expect(tools.map(({ name }) => name)).toEqual(['echo']);
    expect(cacheScope).toBe('private');
  });
});
