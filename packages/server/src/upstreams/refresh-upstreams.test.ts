import { PLAIN_TOOLS, startPlainUpstream, type Upstream } from '@countersign/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Actor } from '../people/index.ts';
import { openTestStore, type TestStore } from '../plugins/database/open-test-store.ts';
import type { SecretStore } from '../plugins/secret-store/secret-store.ts';
import {
  addUpstream,
  classifyTool,
  createUpstreamRefresher,
  refreshUpstream,
  removeUpstream,
} from './index.ts';
import { openTestUpstreams, type TestUpstreams } from './open-test-upstreams.ts';

const operator: Actor = { kind: 'operator' };
const noSecrets = {} as SecretStore;
let test: TestStore;
let here: TestUpstreams;
let there: TestUpstreams;
let upstream: Upstream;

beforeEach(async () => {
  test = await openTestStore();
  here = await openTestUpstreams(test.store, noSecrets);
  there = await openTestUpstreams(test.store, noSecrets);
  upstream = await startPlainUpstream();
  const settings = { url: upstream.url, allowPrivate: true };
  await addUpstream(here.context, operator, { name: 'shop', kind: 'mcp-http', settings });
}, 30_000);
afterEach(async () => {
  for (const { context } of [here, there]) await context.upstreams.close();
  await upstream.close();
  await test.remove();
});

const liveOf = ({ context }: TestUpstreams) => context.upstreams.find('shop');

async function classify(dataDomain: string): Promise<void> {
  const tool = liveOf(here)?.tool('echo');
  const said = { upstream: 'shop', tool: 'echo', digest: tool?.digest, effects: ['read'], dataDomain };
  await classifyTool(here.context, operator, said);
}

describe('upstreams of another gateway', () => {
  it('are there once they are looked up, with what people said of their tools', async () => {
    expect(liveOf(there)).toBeUndefined();
    await refreshUpstream(there.context, 'shop');
    expect(PLAIN_TOOLS.every(({ name }) => liveOf(there)?.tool(name) !== undefined)).toBe(true);
    await classify('customers');
    await refreshUpstream(there.context, 'shop');
    expect(liveOf(there)?.tool('echo')).toMatchObject({ dataDomain: 'customers', confirmed: true });
    await removeUpstream(here.context, operator, { upstream: 'shop' });
    await refreshUpstream(there.context, 'shop');
    expect(liveOf(there)).toBeUndefined();
  });

  it('are read again only where something changed, when all of them are looked at', async () => {
    const refresh = createUpstreamRefresher(there.context);
    await refresh();
    const first = liveOf(there);
    expect(first).toBeDefined();
    await refresh();
    expect(liveOf(there)).toBe(first);
    await classify('customers');
    await refresh();
    expect(liveOf(there)?.tool('echo')?.dataDomain).toBe('customers');
    await removeUpstream(here.context, operator, { upstream: 'shop' });
    await refresh();
    expect(liveOf(there)).toBeUndefined();
  });
});
