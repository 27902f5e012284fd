import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { completeConfig, configSchema } from '../config/index.ts';
import type { Actor } from '../people/index.ts';
import { createMasterKey } from '../platform/master-key.ts';
import { createPlatform } from '../platform/platform.ts';
import { openTestStore, type TestStore } from '../plugins/database/open-test-store.ts';
import type { PolicyContext } from './activate-bundle.ts';
import { makeRequest, makeTool, makeUpstreams } from './create-test-policies.ts';
import { activateBundle, createPolicyState, refreshPolicies } from './index.ts';
import { quarantineBundle } from './trust/quarantine-bundle.ts';

const read = makeTool('files/read');
const operator: Actor = { kind: 'operator' };
const permitAll = 'permit (principal, action, resource);';
const denyAll = '@id("no")\nforbid (principal, action, resource);';
const one = (text: string) => ({ files: [{ name: 'p.cedar', text }] });

let test: TestStore;
let here: PolicyContext;
let there: PolicyContext;
let hours: number;

beforeEach(async () => {
  test = await openTestStore();
  hours = 0;
  here = await start(() => Date.now() + hours * 3_600_000);
  there = await start(Date.now);
});
afterEach(async () => {
  for (const { policies } of [here, there]) policies.close();
  await test.remove();
});

async function start(now: () => number): Promise<PolicyContext> {
  const parts = {
    config: completeConfig(configSchema.parse({})),
    platform: createPlatform(now),
    store: test.store,
    upstreams: makeUpstreams([read]),
    log: pino({ level: 'silent' }),
    masterKey: createMasterKey(new Uint8Array(32).fill(7)),
  };
  return { ...parts, policies: await createPolicyState(parts) };
}

const decide = ({ policies }: PolicyContext) => policies.decide(makeRequest(read, {})).verdict.effect;

describe('policies of another gateway', () => {
  it('are in force here once they are looked up, and the same again changes nothing', async () => {
    await activateBundle(here, operator, one(denyAll));
    expect(there.policies.version).not.toBe(here.policies.version);
    await refreshPolicies(there);
    expect(there.policies.version).toBe(here.policies.version);
    expect(decide(there)).toBe('deny');
    const { live } = there.policies;
    await refreshPolicies(there);
    expect(there.policies.live).toBe(live);
  });

  it('follow in the order in which the database took them, whatever the clocks say', async () => {
    hours = 1;
    await activateBundle(here, operator, one(permitAll));
    // An hour earlier by its own clock, and after the other.
    await activateBundle(there, operator, one(denyAll));
    await refreshPolicies(here);
    expect([decide(here), decide(there)]).toEqual(['deny', 'deny']);
    hours = -1;
    await activateBundle(here, operator, one(permitAll));
    await refreshPolicies(there);
    expect([decide(here), decide(there)]).toEqual(['allow', 'allow']);
  });

  it('take over their modes and their quarantine', async () => {
    await activateBundle(here, operator, one(`${permitAll}\n${denyAll}`));
    await refreshPolicies(there);
    const row = { policy_id: 'p:no', mode: 'warn' as const, since: 1 };
    await test.store.sql
      .updateTable('policy_modes')
      .set({ mode: row.mode, since: row.since, seal: here.policies.seals.sealMode(row) })
      .where('policy_id', '=', 'p:no')
      .execute();
    await quarantineBundle(here, here.policies.version, []);
    await refreshPolicies(there);
    expect(there.policies.live?.modes.get('p:no')).toBe('warn');
    expect(there.policies.isQuarantined).toBe(true);
    expect(decide(there)).toBe('allow');
  });

  it('never take the place of what was activated here while they were compiled', async () => {
    await activateBundle(here, operator, one(denyAll));
    const refreshing = refreshPolicies(there);
    const activated = await activateBundle(there, operator, one(permitAll));
    await refreshing;
    expect(there.policies.version).toBe(activated.version);
    expect(decide(there)).toBe('allow');
  });

  it('are refused, and those of before stay, when this deployment has not written them', async () => {
    const { version } = there.policies;
    await activateBundle(here, operator, one(permitAll));
    await test.store.sql
      .updateTable('policy_bundles')
      .set({ activated_by: 'somebody else' })
      .where('version', '=', here.policies.version)
      .execute();
    await expect(refreshPolicies(there)).rejects.toMatchObject({ code: 'policy.signature_invalid' });
    expect(there.policies.version).toBe(version);
  });
});
