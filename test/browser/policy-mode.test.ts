import { describe, expect, it } from 'vitest';
import { eventually } from './ground/eventually.ts';
import { findBarriers, measureOverflow } from './ground/find-barriers.ts';
import { everyRole, expectCalm, useStage } from './ground/use-stage.ts';

const stage = useStage();
const HOSTILE = '<script>document.title = "owned"</script> & \u202eno such reason';

interface Modes {
  readonly items: readonly { readonly policyId: string; readonly mode: string }[];
}

const readModes = async (): Promise<Modes['items']> =>
  ((await stage().house.gateway.operator('GET', '/v1/policies/modes')).json as Modes).items;

describe('policy.mode-page', () => {
  it('shows on a phone what would change and why, and switches it with a passkey', async () => {
    const visitor = await stage().join('Ada', everyRole);
    const { page } = visitor;
    const policyId = (await readModes()).find(({ mode }) => mode === 'enforce')?.policyId ?? '';
    const change = { policyId, mode: 'shadow', reason: HOSTILE };
    const proposed = await stage().house.gateway.operator('POST', '/v1/policies/modes', change);
    const { id } = proposed.json as { readonly id: string };
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto(`${stage().url}/policies/modes/${id}`);
    const said = await page.locator('main').innerText();
    for (const shown of [policyId, 'enforce', 'shadow', '<script>']) expect(said).toContain(shown);
    expect(await page.title()).not.toBe('owned');
    expect(await measureOverflow(page)).toBe(0);
    expect(await findBarriers(page)).toEqual([]);
    const button = page.locator('#sign');
    // Whenever the page moves, a click that was meant for what stood there a moment ago does nothing.
    const isInert = await button.evaluate((element) => {
      window.dispatchEvent(new Event('resize'));
      return element.getAttribute('aria-disabled');
    });
    expect(isInert).toBe('true');
    await eventually(() => button.getAttribute('aria-disabled')).toBe('false');
    await button.click();
    await eventually(async () => (await readModes()).find((one) => one.policyId === policyId)?.mode).toBe(
      'shadow',
    );
    expectCalm(visitor);
  });
});
