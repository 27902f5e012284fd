import type { LedgerRecord } from '@countersign/api';
import { compilePolicies } from '@countersign/core';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { completeConfig, configSchema } from '../../config/index.ts';
import type { Actor } from '../../people/index.ts';
import { createMasterKey } from '../../platform/master-key.ts';
import { createPlatform } from '../../platform/platform.ts';
import { openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { activateBundle, type PolicyContext } from '../activate-bundle.ts';
import { createPolicyState } from '../create-policy-state.ts';
import { makeBundle, makeRequest, makeTool, makeUpstreams } from '../create-test-policies.ts';
import { listBundles } from '../list-bundles.ts';
import type { PolicyState } from '../policy-state.ts';
import { requireAgreement } from './require-agreement.ts';

const system: Actor = { kind: 'system', part: 'policies' };
const admin: Actor = {
  kind: 'person',
  person: 'per_00000000000000000000000009',
  roles: ['admin'],
  session: 'ses_1',
  verifiedAt: 0,
  isFresh: true,
};
const read = makeTool('files/read', { properties: { path: { type: 'string' } } });
const masterKey = createMasterKey(new Uint8Array(32).fill(7));
const only = (path: string) => ({
  files: [
    {
      name: 'p.cedar',
      text: `permit (principal, action, resource) when { context.args has path && context.args.path == "${path}" };`,
    },
  ],
});

let stored: TestStore;
let records: LedgerRecord[];
const open: PolicyState[] = [];

beforeEach(async () => {
  stored = await openTestStore();
  records = [];
  stored.store.onAppended((appended) => records.push(...appended.map(({ record }) => record)));
});
afterEach(async () => {
  for (const state of open.splice(0)) state.close();
  await stored.remove();
});

async function start(crossCheckShare = 1): Promise<PolicyContext> {
  const parts = {
    config: completeConfig(configSchema.parse({ policies: { crossCheckShare } })),
    platform: createPlatform(),
    store: stored.store,
    upstreams: makeUpstreams([read]),
    log: pino({ level: 'silent' }),
    masterKey,
  };
  const policies = await createPolicyState(parts);
  open.push(policies);
  return { ...parts, policies };
}

/** As a compiler might get it wrong: everything is permitted by what comes first. */
function breakEngine({ policies }: PolicyContext): void {
  const { live } = policies;
  const [first] = live?.policies ?? [];
  if (live === null || first === undefined) throw new Error('no policies in force');
  policies.install(
    live.withEngine(() => ({ decision: 'allow', permits: [first.id], forbids: [], errors: [] })),
  );
}

const decide = ({ policies }: PolicyContext, path: string) =>
  policies.decide(makeRequest(read, { path })).verdict.effect;
const ofKind = (kind: string) => records.filter((record) => record.kind === kind);

async function quarantine(context: PolicyContext): Promise<void> {
  breakEngine(context);
  expect(decide(context, '/not permitted')).toBe('allow');
  await expect.poll(() => ofKind('policy.quarantined').length, { timeout: 5000 }).toBe(1);
}

describe('a decision that the official engine does not make again', () => {
  it('puts the bundle in quarantine: the official engine decides, and it is recorded', async () => {
    const context = await start();
    const { version } = await activateBundle(context, system, only('/a'));
    await quarantine(context);
    expect(context.policies.isQuarantined).toBe(true);
    expect(decide(context, '/not permitted')).toBe('deny');
    expect(decide(context, '/a')).toBe('allow');
    const [record] = ofKind('policy.quarantined');
    expect(record).toMatchObject({ policyVersion: version, body: { by: 'system:policies' } });
    expect(JSON.stringify(record)).toContain('files/read');
    expect(JSON.stringify(record)).not.toContain('not permitted');
  });

  it('counts after a restart, and until another version is activated', async () => {
    const context = await start();
    const { version } = await activateBundle(context, system, only('/a'));
    await quarantine(context);
    const again = await start();
    expect(again.policies.version).toBe(version);
    expect(again.policies.isQuarantined).toBe(true);
    expect(decide(again, '/not permitted')).toBe('deny');
    expect(decide(again, '/a')).toBe('allow');
    await activateBundle(again, system, only('/b'));
    expect(again.policies.isQuarantined).toBe(false);
    expect(decide(again, '/b')).toBe('allow');
    await activateBundle(again, system, { version });
    expect(again.policies.isQuarantined).toBe(true);
    const { items } = await listBundles(again, admin, {});
    expect(items.find((bundle) => bundle.version === version)?.quarantinedAt).toBeTypeOf('number');
  });

  it('is not looked for when nothing is to be checked', async () => {
    const context = await start(0);
    await activateBundle(context, system, only('/a'));
    breakEngine(context);
    expect(decide(context, '/not permitted')).toBe('allow');
    await new Promise((resolve) => setImmediate(resolve));
    expect(context.policies.isQuarantined).toBe(false);
  });

  it('is not found where the engines agree', async () => {
    const context = await start();
    await activateBundle(context, system, only('/a'));
    for (const path of ['/a', '/b', '', '/a']) decide(context, path);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(context.policies.isQuarantined).toBe(false);
    expect(ofKind('policy.quarantined')).toEqual([]);
  });
});

describe('a bundle that is not compiled as the official engine reads it', () => {
  it('is refused, and the record names policies and no values', async () => {
    const context = await start();
    const bundle = await makeBundle(only('/the secret place').files[0]?.text ?? '', [read]);
    const compiled = compilePolicies({
      staticPolicies: Object.fromEntries(
        bundle.policies.map(({ id, json }) => [id, { ...json, conditions: [] }]),
      ),
    });
    await expect(requireAgreement(context, system, { ...bundle, compiled }, [read])).rejects.toThrow(
      expect.objectContaining({ code: 'policy.engines_disagree' }),
    );
    const [record] = ofKind('policy.refused');
    expect(record?.body).toMatchObject({ disagreements: expect.arrayContaining([expect.anything()]) });
    expect(JSON.stringify(record)).not.toContain('secret');
    await requireAgreement(context, system, bundle, [read]);
  });
});
