import { startGateway, startPlainUpstream, type TestGateway, type Upstream } from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isResult, readRefusal } from '../attacks/ground/read-refusal.ts';
import { createCaller } from './ground/create-caller.ts';
import { PERMIT_ALL, requireDone } from './ground/use-scene.ts';

const DAY = 86_400_000;
const ends: (() => Promise<void>)[] = [];
let gateway: TestGateway;
let upstream: Upstream;
let url: string;

beforeAll(async () => {
  upstream = await startPlainUpstream();
  ends.push(() => upstream.close());
  gateway = await startGateway({ environment: { COUNTERSIGN_SECRETS_MAX_AGE_DAYS: '30' } });
  ends.push(() => gateway.stop());
  await gateway.storeSecret('shop-key', 'sk-live-that-grows-old');
  url = await gateway.addUpstream('shop', {
    url: upstream.url,
    headers: { 'x-api-key': '{secret:shop-key}' },
  });
  requireDone(await gateway.activatePolicy(PERMIT_ALL));
}, 60_000);

afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

const call = async () => createCaller(await gateway.enrol(), url).call('echo', { text: 'hello' });
const stateOf = async () => {
  const { items } = (await gateway.operator('GET', '/v1/secrets')).json as { items: readonly object[] };
  return items[0];
};

describe('secret.aged', () => {
  it('is used up to its limit, due before, and refused past it until it is rotated', async () => {
    expect(await stateOf()).toMatchObject({ name: 'shop-key', maxAgeDays: 30, state: 'fresh' });
    gateway.advance(25 * DAY);
    expect(isResult(await call())).toBe(true);
    expect(await stateOf()).toMatchObject({ state: 'due' });
    gateway.advance(5 * DAY);
    upstream.journal.forget();
    expect(readRefusal(await call())).toBe('secret.too_old');
    expect(upstream.journal.calls()).toEqual([]);
    const value = 'sk-live-that-is-new';
    requireDone(await gateway.operator('POST', '/v1/secrets/shop-key/rotate', { value }));
    expect(isResult(await call())).toBe(true);
    expect(await stateOf()).toMatchObject({ state: 'fresh' });
  });
});
