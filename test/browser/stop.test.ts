import { beforeAll, expect, it } from 'vitest';
import { eventually } from './ground/eventually.ts';
import type { Visitor } from './ground/open-visitor.ts';
import { everyRole, expectCalm, useStage } from './ground/use-stage.ts';

let arrived = () => {};
let answer = () => {};
const inFlight = new Promise<void>((resolve) => {
  arrived = resolve;
});
const answered = new Promise<void>((resolve) => {
  answer = resolve;
});
const stage = useStage({
  call: async () => {
    arrived();
    await answered;
  },
});
let owner: Visitor;

beforeAll(async () => {
  owner = await stage().join('Owner', everyRole);
});

it('signal.stop-button: stops an agent in the middle of a call, shows what was cut, and lets it go again', async () => {
  const { page } = owner;
  const { house, url } = stage();
  const { agentId } = house.agent.agent;
  const call = house.call('list_invoices', { customer: 'slow' });
  await inFlight;
  await page.goto(`${url}/agents/${agentId}`);
  await page.getByRole('link', { name: 'Stop this agent' }).click();
  const dialog = page.getByRole('dialog', { name: 'Stop' });
  await page.waitForURL((address) => address.searchParams.get('stop') === `agent:${agentId}`);
  expect(await dialog.getByLabel('Which').inputValue()).toBe(agentId);
  // Without a reason nothing happens.
  await dialog.getByRole('button', { name: 'Stop it' }).click();
  expect(await dialog.isVisible()).toBe(true);
  await dialog.getByLabel('Why').fill('It pays twice');
  await dialog.getByRole('button', { name: 'Stop it' }).click();
  const stopped = page.getByRole('dialog', { name: 'Stopped' });
  await stopped.getByText('1 in flight was cut').waitFor();
  expect(await stopped.getByText(/^act_/).count()).toBe(1);
  expect((await call).body).toContain('signal.stopped');
  answer();

  await stopped.getByRole('button', { name: 'Close' }).last().click();
  await page.locator('.stop-notice').getByText('It pays twice').waitFor();
  expect((await house.call('list_invoices', {})).body).toContain('signal.stopped');

  await page.goto(`${url}/signals`);
  await page.getByRole('button', { name: 'Lift' }).click();
  await page.getByText('Nothing is stopped.').waitFor();
  expect((await house.call('list_invoices', {})).body).toContain('list_invoices: done');
  expectCalm(owner);
});

it('stops everything from any page, and says so', async () => {
  const { page } = owner;
  const { house, url } = stage();
  await page.goto(`${url}/ledger`);
  await page.getByRole('link', { name: 'Stop', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Stop' });
  await dialog.getByLabel('What').selectOption('everything');
  await dialog.getByLabel('Why').fill('Drill');
  await dialog.getByRole('button', { name: 'Stop everything' }).click();
  await page.getByText('No call was in flight.').waitFor();
  await page.getByRole('button', { name: 'Close' }).last().click();
  expect(new URL(page.url()).search).toBe('');
  expect((await house.call('list_invoices', {})).body).toContain('signal.stopped');
  await page.goto(`${url}/`);
  await eventually(() => page.locator('h1').innerText()).toContain('1 stop in force');
});

it('says what is wrong with a target that names nothing, and stops nothing', async () => {
  const { page } = owner;
  await page.goto(`${stage().url}/agents?stop=upstream:nowhere`);
  const dialog = page.getByRole('dialog', { name: 'Stop' });
  await dialog.getByLabel('Why').fill('A typing error');
  await dialog.getByRole('button', { name: 'Stop it' }).click();
  await dialog.getByRole('alert').getByText('upstream.not_found').waitFor();
});
