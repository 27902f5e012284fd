import { toolCall } from '@countersign/testkit';
import { describe, expect, it } from 'vitest';
import { eventually } from './ground/eventually.ts';
import { findBarriers, measureOverflow } from './ground/find-barriers.ts';
import type { Visitor } from './ground/open-visitor.ts';
import { everyRole, expectCalm, useStage } from './ground/use-stage.ts';

const stage = useStage();
const HOSTILE = '<script>document.title = "owned"</script> & \u202eno such reason';

async function findPerson(name: string): Promise<string> {
  const { json } = await stage().house.gateway.operator('GET', '/v1/people');
  const { items } = json as {
    readonly items: readonly { readonly id: string; readonly displayName: string }[];
  };
  return items.find(({ displayName }) => displayName === name)?.id ?? '';
}

async function post<T>(path: string, body: object): Promise<T> {
  const { status, json, body: text } = await stage().house.gateway.operator('POST', path, body);
  if (status >= 300) throw new Error(text);
  return json as T;
}

/** A page on a phone, in both schemes, without barriers, that nothing in it can break out of. */
async function lookAt({ page }: Visitor, path: string, shown: readonly string[]): Promise<void> {
  await page.setViewportSize({ width: 360, height: 740 });
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.goto(`${stage().url}${path}`);
    const said = await page.locator('main').innerText();
    for (const text of shown) expect(said).toContain(text);
    expect(await page.title()).not.toBe('owned');
    expect(await measureOverflow(page)).toBe(0);
    expect(await findBarriers(page)).toEqual([]);
  }
}

async function signWith({ page }: Visitor): Promise<void> {
  const button = page.locator('#sign');
  // Whenever something is chosen, a click that was meant for what stood there a moment ago does nothing.
  const isInert = await button.evaluate((element) => {
    window.dispatchEvent(new Event('resize'));
    return element.getAttribute('aria-disabled');
  });
  expect(isInert).toBe('true');
  await eventually(() => button.getAttribute('aria-disabled')).toBe('false');
  await button.click();
}

describe('agent.handover-page', () => {
  it('shows every agent with what it used, and hands it over as chosen with a passkey', async () => {
    const { house } = stage();
    await house.call('list_invoices', { customer: 'C-1' });
    const visitor = await stage().join('Bo', everyRole);
    const to = await findPerson('Bo');
    const { agentId } = house.agent.agent;
    const body = { toPersonId: to, agentIds: [agentId], reason: HOSTILE };
    const { id } = await post<{ id: string }>('/v1/agents/handovers', body);
    const shown = ['invoice-bot', 'To be tested', '1 call of 1 tool', '<script>'];
    await lookAt(visitor, `/agents/handovers/${id}`, shown);
    await visitor.page.locator('select[data-group="delegations"]').selectOption('all');
    await signWith(visitor);
    await eventually(async () => {
      const { json } = await house.gateway.operator('GET', `/v1/agents/${agentId}`);
      return (json as { readonly ownerId: string }).ownerId;
    }).toBe(to);
    await eventually(() => visitor.page.locator('main').innerText()).toContain('Taken over');
    expectCalm(visitor);
  });
});

describe('review.item-page', () => {
  it('shows granted against used, shrinks with a passkey, and takes it back on the same page', async () => {
    const { house } = stage();
    const agent = await house.gateway.enrol({ name: 'reviewed-bot' });
    const url = `${stage().url}/mcp/payments`;
    await agent.agent.send({ url, token: agent.token, ...toolCall('list_invoices', { customer: 'C-2' }) });
    const visitor = await stage().join('Cy', everyRole);
    const { id } = await post<{ id: string }>('/v1/reviews', { title: HOSTILE, scope: {} });
    const { json } = await house.gateway.operator('GET', `/v1/reviews/${id}`);
    const { list } = json as { readonly list: readonly { readonly id: string; readonly agentId: string }[] };
    const item = list.find((one) => one.agentId === agent.agent.agentId)?.id ?? '';
    await lookAt(visitor, `/reviews/${id}`, ['reviewed-bot', 'Risk tier 3', '<script>']);
    const shown = ['reviewed-bot may call', 'May call only payments/list_invoices.', 'Not known'];
    await lookAt(visitor, `/reviews/items/${item}`, shown);
    const read = async () =>
      (await house.gateway.operator('GET', `/v1/reviews/items/${item}`)).json as {
        readonly state: string;
        readonly milliseconds: number | null;
      };
    await signWith(visitor);
    await eventually(async () => (await read()).state).toBe('decided');
    expect((await read()).milliseconds).toBeGreaterThan(700);
    await eventually(() => visitor.page.locator('main').innerText()).toContain(
      'Shrunk to what was used by Cy',
    );
    await lookAt(visitor, `/reviews/items/${item}`, ['Undo with passkey']);
    await signWith(visitor);
    await eventually(async () => (await read()).state).toBe('undone');
    expectCalm(visitor);
  });
});
