import { createHash } from 'node:crypto';
import type { LedgerRecord } from '@countersign/api';
import { createManualClock, createPasskey, type Passkey } from '@countersign/testkit';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { completeConfig, configSchema } from '../config/index.ts';
import type { Context } from '../context.ts';
import type { Actor } from '../people/index.ts';
import { createMasterKey } from '../platform/master-key.ts';
import { createPlatform } from '../platform/platform.ts';
import { openTestStore, type TestStore } from '../plugins/database/open-test-store.ts';
import { makeRequest, makeTool, makeUpstreams } from './create-test-policies.ts';
import {
  activateBundle,
  createPolicyState,
  diffBundles,
  listBundles,
  listModes,
  type PolicyState,
  proposeMode,
  rollbackPolicies,
  switchMode,
} from './index.ts';
import { beginSwitch } from './modes/begin-switch.ts';

const read = makeTool('files/read');
const permit = '@id("all") permit (principal, action, resource);';
const forbid = '@id("none") forbid (principal, action, resource);';
const one = (policies: string, name = 'p') => ({ files: [{ name: `${name}.cedar`, text: policies }] });
const code = (wanted: string) => expect.objectContaining({ code: wanted });
const operator: Actor = { kind: 'operator' };
const clock = createManualClock();

let stored: TestStore;
let records: LedgerRecord[];
let context: Context;
let ada: Switcher;
const open: PolicyState[] = [];

interface Switcher {
  readonly actor: Actor & { readonly kind: 'person' };
  readonly passkey: Passkey;
}

beforeEach(async () => {
  stored = await openTestStore();
  records = [];
  stored.store.onAppended((appended) => records.push(...appended.map(({ record }) => record)));
  context = await start();
  ada = await addPerson(['admin']);
});
afterEach(async () => {
  for (const state of open.splice(0)) state.close();
  await stored.remove();
});

async function start(): Promise<Context> {
  const parts = {
    config: completeConfig(configSchema.parse({})),
    platform: createPlatform(clock.now),
    store: stored.store,
    upstreams: makeUpstreams([read]),
    log: pino({ level: 'silent' }),
    masterKey: createMasterKey(new Uint8Array(32).fill(7)),
  };
  const policies = await createPolicyState(parts);
  open.push(policies);
  return { ...parts, policies } as unknown as Context;
}

async function addPerson(roles: readonly ('admin' | 'approver')[]): Promise<Switcher> {
  const id = context.platform.newId('per');
  const { origin, hostname } = new URL(context.config.server.publicUrl);
  const passkey = createPasskey({
    rpId: hostname,
    origin,
    userHandle: Buffer.from(id).toString('base64url'),
  });
  const { attestationObject } = passkey.register('').response;
  const { sql } = stored.store;
  await sql
    .insertInto('people')
    .values({
      ...{ id, display_name: 'Ada', email: null, roles: JSON.stringify(roles), state: 'active' as const },
      created_at: 1,
    })
    .execute();
  await sql
    .insertInto('passkeys')
    .values({
      credential_id: passkey.credentialId,
      person_id: id,
      // The COSE key is the last 77 bytes of an ES256 registration without attestation.
      public_key: new Uint8Array(Buffer.from(attestationObject, 'base64url').subarray(-77)),
      ...{ counter: 0, transports: '["internal"]', label: 'Key', created_at: 1, last_used_at: null },
    })
    .execute();
  const actor = {
    kind: 'person' as const,
    person: id,
    roles,
    session: 'ses_1',
    verifiedAt: clock.now(),
    isFresh: true,
  };
  return { actor, passkey };
}

const ofKind = (kind: string) => records.filter((record) => record.kind === kind);
const decide = (of: Context = context) => of.policies.decide(makeRequest(read)).verdict;
const propose = (policyId: string, mode: 'enforce' | 'warn' | 'shadow') =>
  proposeMode(context, operator, { policyId, mode, reason: 'a trial' });

async function sign({ actor, passkey }: Switcher, id: string) {
  const { challenge } = await beginSwitch(context, actor, id);
  return switchMode(context, actor, id, passkey.assert(challenge));
}

describe('the mode of a policy', () => {
  beforeEach(async () => {
    await activateBundle(context, operator, one(`${permit}\n${forbid}`));
  });

  it('is switched by a passkey over exactly that, from the next decision on', async () => {
    expect(decide().effect).toBe('deny');
    const proposal = await propose('p:none', 'warn');
    expect(decide().effect).toBe('deny');
    expect(await sign(ada, proposal.id)).toEqual({ policyId: 'p:none', mode: 'warn' });
    expect(decide()).toMatchObject({
      effect: 'allow',
      observed: [{ policyId: 'p:none', mode: 'warn', would: 'deny' }],
    });
    const [asked] = ofKind('policy.mode_proposed');
    expect(asked).toMatchObject({ body: { by: 'operator', policy: 'p:none', from: 'enforce', to: 'warn' } });
    expect(ofKind('policy.mode_switched')).toMatchObject([
      {
        person: ada.actor.person,
        causes: [asked?.id],
        body: { policy: 'p:none', from: 'enforce', to: 'warn', credentialId: ada.passkey.credentialId },
      },
    ]);
    const row = await stored.store.sql
      .selectFrom('policy_mode_changes')
      .selectAll()
      .executeTakeFirstOrThrow();
    const evidence = JSON.parse(row.evidence ?? '');
    const client = JSON.parse(Buffer.from(evidence.clientDataJson, 'base64url').toString());
    expect(client.challenge).toBe(createHash('sha256').update(row.signed_text).digest('base64url'));
    expect(JSON.parse(row.signed_text)).toMatchObject({ policy: 'p:none', from: 'enforce', to: 'warn' });
  });

  it('survives new bundles, other texts and restarts', async () => {
    await sign(ada, (await propose('p:none', 'shadow')).id);
    await activateBundle(context, operator, one(`${permit}\n${forbid} // again`));
    expect(decide().effect).toBe('allow');
    await activateBundle(context, operator, one(permit));
    await activateBundle(context, operator, one(`${permit}\n@mode("warn") ${forbid}`));
    expect(decide().observed).toMatchObject([{ mode: 'shadow' }]);
    expect(decide(await start()).observed).toMatchObject([{ mode: 'shadow' }]);
    await sign(ada, (await propose('p:none', 'enforce')).id);
    expect(decide().effect).toBe('deny');
    expect(listModes(context, operator)).toMatchObject([
      { mode: 'enforce' },
      { policyId: 'p:none', mode: 'enforce' },
    ]);
  });

  it('is what @mode says only for a policy that is new', async () => {
    const trial = '@id("trial") @mode("shadow") forbid (principal, action, resource);';
    await activateBundle(context, operator, one(`${permit}\n${trial}`));
    expect(decide()).toMatchObject({ effect: 'allow', observed: [{ policyId: 'p:trial', would: 'deny' }] });
    const weakened = await activateBundle(context, operator, one(`${permit}\n@mode("shadow") ${forbid}`));
    expect(decide().effect).toBe('deny');
    expect(weakened.warnings).toMatchObject([
      { policyId: 'p:none', line: 2, message: expect.stringContaining('stays in enforce') },
    ]);
  });

  it('grants nothing short of enforce', async () => {
    await activateBundle(
      context,
      operator,
      one('@id("new") @mode("warn") permit (principal, action, resource);'),
    );
    expect(decide()).toMatchObject({
      effect: 'deny',
      observed: [{ policyId: 'p:new', mode: 'warn', would: 'allow' }],
    });
    expect(context.policies.couldAllow(makeRequest(read))).toBe(false);
  });

  it('hides no tool short of enforce', async () => {
    expect(context.policies.couldAllow(makeRequest(read))).toBe(false);
    await sign(ada, (await propose('p:none', 'shadow')).id);
    expect(context.policies.couldAllow(makeRequest(read))).toBe(true);
  });

  it('is switched by nobody without the permission, and never by a token alone', async () => {
    const { id } = await propose('p:none', 'shadow');
    const approver = await addPerson(['approver']);
    await expect(sign(approver, id)).rejects.toEqual(code('person.forbidden'));
    await expect(beginSwitch(context, operator, id)).rejects.toEqual(code('person.forbidden'));
    await expect(switchMode(context, operator, id, {})).rejects.toEqual(code('person.forbidden'));
    const input = { policyId: 'p:none', mode: 'shadow' as const, reason: 'x' };
    await expect(proposeMode(context, approver.actor, input)).rejects.toEqual(code('person.forbidden'));
    expect(decide().effect).toBe('deny');
  });

  it('takes the signature of the person themselves over this change alone, once', async () => {
    const { id } = await propose('p:none', 'shadow');
    const other = await propose('p:all', 'shadow');
    const { challenge } = await beginSwitch(context, ada.actor, id);
    const { challenge: wrong } = await beginSwitch(context, ada.actor, other.id);
    const bo = await addPerson(['admin']);
    for (const assertion of [bo.passkey.assert(challenge), ada.passkey.assert(wrong)]) {
      await expect(switchMode(context, ada.actor, id, assertion)).rejects.toEqual(
        code('person.passkey_refused'),
      );
    }
    await expect(switchMode(context, ada.actor, id, {})).rejects.toMatchObject({ name: 'ZodError' });
    const assertion = ada.passkey.assert(challenge);
    await switchMode(context, ada.actor, id, assertion);
    await expect(switchMode(context, ada.actor, id, assertion)).rejects.toEqual(
      code('policy.mode_change_not_open'),
    );
    expect(ofKind('policy.mode_switched')).toHaveLength(1);
  });

  it('is not switched by a proposal that is late, or of another policy or mode than there is now', async () => {
    const late = await propose('p:none', 'shadow');
    clock.advance(16 * 60_000);
    await expect(beginSwitch(context, ada.actor, late.id)).rejects.toEqual(
      code('policy.mode_change_not_open'),
    );
    const changed = await propose('p:none', 'shadow');
    const { challenge } = await beginSwitch(context, ada.actor, changed.id);
    await activateBundle(
      context,
      operator,
      one(`${permit}\n${forbid.replace('resource)', 'resource) when { true }')}`),
    );
    await expect(switchMode(context, ada.actor, changed.id, ada.passkey.assert(challenge))).rejects.toEqual(
      code('policy.mode_change_not_open'),
    );
    const [first, second] = [await propose('p:none', 'shadow'), await propose('p:none', 'warn')];
    await sign(ada, first.id);
    await expect(sign(ada, second.id)).rejects.toEqual(code('policy.mode_change_not_open'));
    await expect(sign(ada, 'pmc_01ARZ3NDEKTSV4RRFFQ69G5FAV')).rejects.toEqual(code('policy.not_found'));
  });

  it('belongs to policies in force that have a name', async () => {
    await activateBundle(context, operator, one('permit (principal, action, resource);'));
    await expect(propose('p:1', 'shadow')).rejects.toEqual(code('policy.mode_fixed'));
    await expect(propose('p:none', 'shadow')).rejects.toEqual(code('policy.not_found'));
    await expect(propose('__proto__', 'shadow')).rejects.toEqual(code('policy.not_found'));
    await activateBundle(context, operator, one(permit));
    await expect(propose('p:all', 'enforce')).rejects.toEqual(code('policy.mode_change_not_open'));
  });
});

describe('what is stored', () => {
  const { sql } = { sql: () => stored.store.sql };

  it('is signed, with who made it, and loads again', async () => {
    clock.advance(1);
    await activateBundle(context, ada.actor, one(permit));
    const { items } = await listBundles(context, operator, {});
    expect(items.map(({ author, isActive }) => [author, isActive])).toEqual([
      [ada.actor.person, true],
      ['system:policies', false],
    ]);
    expect((await start()).policies.version).toBe(items[0]?.version);
    expect(ofKind('policy.key_made')).toHaveLength(1);
  });

  it.each([
    [
      'another text',
      { source: JSON.stringify([{ name: 'p.cedar', text: 'permit (principal, action, resource);' }]) },
    ],
    ['a text that is no bundle', { source: '{}' }],
    ['another author', { author: 'per_other' }],
    ['another time', { activated_at: 5 }],
    ['no signature', { signature: '' }],
    ['another key', { signed_by: 'other' }],
  ])('decides nothing when somebody wrote %s into the database', async (_what, change) => {
    await activateBundle(context, operator, one(permit));
    const { version } = context.policies;
    // The column types keep the server itself from such writes.
    await sql()
      .updateTable('policy_bundles')
      .set(change as never)
      .where('version', '=', version)
      .execute();
    await sql().deleteFrom('policy_bundles').where('version', '!=', version).execute();
    const again = await start();
    expect(() => decide(again)).toThrow(code('policy.unavailable'));
    await expect(rollbackPolicies(again, operator, { version: version as never })).rejects.toEqual(
      code('policy.signature_invalid'),
    );
    await activateBundle(again, operator, one(permit));
    expect(decide(again).effect).toBe('allow');
  });

  it('decides nothing when an older bundle was made the one in force', async () => {
    const older = context.policies.version;
    await activateBundle(context, operator, one(forbid));
    const at = clock.now() + 1_000_000;
    await sql()
      .updateTable('policy_bundles')
      .set({ activated_at: at })
      .where('version', '=', older)
      .execute();
    expect(() => decide(undefined)).not.toThrow();
    const again = await start();
    expect(() => decide(again)).toThrow(code('policy.unavailable'));
  });

  it.each([
    ['another mode', { mode: 'shadow' as const }],
    ['another time', { since: 1 }],
    ['no seal', { seal: '' }],
  ])('decides nothing when somebody gave a policy %s', async (_what, change) => {
    await activateBundle(context, operator, one(`${permit}\n${forbid}`));
    await sql().updateTable('policy_modes').set(change).where('policy_id', '=', 'p:none').execute();
    const again = await start();
    expect(() => decide(again)).toThrow(code('policy.unavailable'));
    await expect(activateBundle(again, operator, one(`${permit}\n${forbid} `))).rejects.toEqual(
      code('policy.signature_invalid'),
    );
  });

  it('decides nothing when the mode of a policy was taken away', async () => {
    await activateBundle(context, operator, one(`${permit}\n${forbid}`));
    await sql().deleteFrom('policy_modes').where('policy_id', '=', 'p:none').execute();
    const again = await start();
    expect(() => decide(again)).toThrow(code('policy.unavailable'));
  });

  it('is adopted once from before there were signatures, and never again', async () => {
    await activateBundle(context, operator, one(permit));
    const strip = async () => {
      await sql().deleteFrom('server_keys').where('use', '=', 'policy').execute();
      await sql().deleteFrom('policy_modes').execute();
      await sql()
        .updateTable('policy_bundles')
        .set({ signature: null, author: null } as never)
        .execute();
    };
    await strip();
    const again = await start();
    expect(() => decide(again)).toThrow(code('policy.unavailable'));
    expect(ofKind('policy.key_made')).toMatchObject([{ body: { bundles: 0 } }, { body: { bundles: 0 } }]);
    await strip();
    await sql().deleteFrom('ledger_terms').where('term', 'like', '%policy.key_made%').execute();
    const upgraded = await start();
    expect(decide(upgraded).effect).toBe('allow');
  });
});

describe('bundles', () => {
  it('roll back in one step, to the one before or a named one', async () => {
    const starter = context.policies.version;
    const first = await activateBundle(context, operator, one(permit));
    const second = await activateBundle(context, operator, one(forbid));
    expect(await rollbackPolicies(context, ada.actor, {})).toMatchObject({ version: first.version });
    expect(decide().effect).toBe('allow');
    expect((await rollbackPolicies(context, ada.actor, {})).version).toBe(second.version);
    expect((await rollbackPolicies(context, ada.actor, { version: starter as never })).version).toBe(starter);
    expect(ofKind('policy.activated').at(-1)).toMatchObject({
      person: ada.actor.person,
      policyVersion: starter,
      body: { previous: second.version },
    });
    expect((await start()).policies.version).toBe(starter);
  });

  it('do not roll back before the first, nor for just anyone', async () => {
    await expect(rollbackPolicies(context, operator, {})).rejects.toEqual(code('policy.not_found'));
    const approver = await addPerson(['approver']);
    await expect(rollbackPolicies(context, approver.actor, {})).rejects.toEqual(code('person.forbidden'));
    await expect(diffBundles(context, approver.actor, { from: 'active' })).rejects.toEqual(
      code('person.forbidden'),
    );
  });

  it('are compared rule by rule', async () => {
    const { version: from } = await activateBundle(context, operator, one(`${permit}\n${forbid}`));
    const { version: to } = await activateBundle(
      context,
      operator,
      one(
        `// moved\n\n${forbid.replace('resource)', 'resource) when { true }')}\n@id("x") ${'permit (principal, action, resource);'}`,
      ),
    );
    expect(await diffBundles(context, operator, { from: from as never })).toEqual({
      ...{ from, to, isSame: false, unchanged: 0, dropped: [] },
      added: [{ id: 'p:x', text: '@id("x") permit (principal, action, resource);' }],
      removed: [{ id: 'p:all', text: permit }],
      changed: [
        {
          id: 'p:none',
          before: forbid,
          after: '@id("none") forbid (principal, action, resource) when { true };',
        },
      ],
    });
    expect(await diffBundles(context, operator, { from: to as never, to: to as never })).toMatchObject({
      isSame: true,
      unchanged: 2,
    });
    const unknown = 'pol_01ARZ3NDEKTSV4RRFFQ69G5FAV' as never;
    await expect(diffBundles(context, operator, { from: unknown })).rejects.toEqual(code('policy.not_found'));
  });
});
