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

async function addPolicy(name: string, text: string): Promise<void> {
  const { json } = await stage().house.gateway.operator('GET', '/v1/policies/active');
  const { files } = json as { readonly files: readonly { readonly name: string }[] };
  await post('/v1/policies', { files: [...files.filter((file) => file.name !== name), { name, text }] });
}

describe('review.item-page', () => {
  it('shows granted against used, shrinks with a passkey, and takes it back on the same page', async () => {
    const { house } = stage();
    const agent = await house.gateway.enrol({ name: 'reviewed-bot' });
    const { agentId } = agent.agent;
    const named = `permit (principal == Countersign::Agent::"${agentId}", action in Countersign::Action::"call", resource);`;
    await addPolicy('named.cedar', named);
    const url = `${stage().url}/mcp/payments`;
    await agent.agent.send({ url, token: agent.token, ...toolCall('list_invoices', { customer: 'C-2' }) });
    const visitor = await stage().join('Cy', everyRole);
    const { id } = await post<{ id: string }>('/v1/reviews', { title: HOSTILE, scope: {} });
    const { json } = await house.gateway.operator('GET', `/v1/reviews/${id}`);
    const { list } = json as { readonly list: readonly { readonly id: string; readonly agentId: string }[] };
    const item = list.find((one) => one.agentId === agent.agent.agentId)?.id ?? '';
    await lookAt(visitor, `/reviews/${id}`, ['reviewed-bot', 'Risk tier 3', '<script>']);
    const shown = ['reviewed-bot may call', 'May call only payments/list_invoices.', 'Not known'];
    shown.push('And the policies change', `Countersign::Agent::"${agentId}"`, 'payments/send_payment');
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
    await lookAt(visitor, `/reviews/items/${item}`, ['Undo with passkey', 'undoing removes exactly this']);
    await signWith(visitor);
    await eventually(async () => (await read()).state).toBe('undone');
    expectCalm(visitor);
  });
});

describe('review.glass-page', () => {
  it('lists what one person let through alone, and has it reviewed with a passkey', async () => {
    const { house } = stage();
    const ira = await house.gateway.invite('Ira', ['approver']);
    const text = `@stepUp("approvers=role:approver; quorum=2; within=10m; breakGlass=role:approver")
forbid (principal, action == Countersign::Action::"payments/list_invoices", resource);`;
    await addPolicy('glass.cedar', text);
    const { agent, token } = await house.gateway.enrol({ name: 'urgent-bot' });
    const url = `${stage().url}/mcp/payments`;
    const asked = await agent.send({ url, token, ...toolCall('list_invoices', { customer: 'C-3' }) });
    const [approvalId] = /apr_[0-9A-Z]{26}/.exec(asked.body) ?? [];
    const proposed = await ira.request('POST', '/v1/approvals/glass', { approvalId, reason: HOSTILE });
    const path = `/approvals/glass/${(proposed.json as { readonly id: string }).id}`;
    const begun = await ira.request('POST', `/v1${path}/challenge`, {});
    const assertion = ira.passkey.assert((begun.json as { readonly challenge: string }).challenge);
    expect((await ira.request('POST', `/v1${path}/sign`, { assertion })).status).toBe(200);
    const visitor = await stage().join('Di', everyRole);
    await lookAt(visitor, '/reviews', ['Ira let something through alone', '<script>', 'due by']);
    await lookAt(visitor, path, ['Ira let this through alone', '<script>', 'list_invoices']);
    await visitor.page.getByLabel('Was it justified').selectOption('justified');
    await visitor.page.getByLabel('What you found').fill('It had to be');
    await signWith(visitor);
    await eventually(() => visitor.page.locator('main').innerText()).toContain('Justified, says Di');
    await lookAt(visitor, path, ['It had to be']);
    expectCalm(visitor);
  });
});
