import { verifyPasskeyProof } from '@countersign/ledger';
import { createManualClock, createPasskey, type Passkey } from '@countersign/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addTestApprover, postAs, signStep } from '../../approvals/add-test-approver.ts';
import { sha256 } from '../../platform/sha256.ts';
import { openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { openTestHouse, type TestHouse, type TestPerson } from '../open-test-house.ts';
import { suspendPerson } from '../suspend-person.ts';

const clock = createManualClock();
const path = '/v1/people/audit-access';
const day = 86_400_000;
let test: TestStore;
let house: TestHouse;
let admin: TestPerson & { readonly passkey: Passkey };
let owner: TestPerson & { readonly passkey: Passkey };
let reader: TestPerson;

beforeEach(async () => {
  test = await openTestStore();
  house = await openTestHouse({ store: test.store, now: clock.now, fetch });
  admin = await addTestApprover(house, createPasskey, ['admin']);
  owner = await addTestApprover(house, createPasskey, ['owner', 'auditor']);
  reader = await house.addPerson([]);
});
afterEach(async () => {
  await house.close();
  await test.remove();
});

const scope = { upstreams: ['payments'] };
const propose = (wish: object = {}, by: TestPerson = admin) =>
  postAs(house, by, path, { personId: reader.id, scope, until: clock.now() + day, reason: 'audit', ...wish });
const accesses = () => test.store.sql.selectFrom('audit_accesses').selectAll().execute();

describe('reading.signed: giving an auditor access', () => {
  it('counts from an administrator’s signature over exactly this, which anyone can verify', async () => {
    const { body } = await propose();
    expect(await accesses()).toEqual([]);
    const given = await signStep(house, admin, `${path}/${body.id}`, 'sign');
    expect(given.status).toBe(200);
    expect(given.body).toMatchObject({ id: body.id, person: reader.id, scope, givenBy: admin.id });
    const kept = await test.store.sql.selectFrom('audit_proposals').selectAll().executeTakeFirstOrThrow();
    expect(sha256(kept.signed_text)).toBe(kept.digest);
    expect(JSON.parse(kept.signed_text)).toMatchObject({ scope, content: false, personId: reader.id });
    expect(verifyPasskeyProof(JSON.parse(kept.evidence ?? ''), kept.digest)).toBe(true);
    expect(await house.kinds()).toEqual(
      expect.arrayContaining(['person.audit_access_proposed', 'person.audit_access_given']),
    );
  });

  it('is no signature over another scope, nor one that was altered where it is kept', async () => {
    const [narrow, wide] = [
      await propose(),
      await propose({ scope: { kinds: ['action.*'] }, content: true }),
    ];
    const challenge = await postAs(house, admin, `${path}/${narrow.body.id}/challenge`);
    const assertion = admin.passkey.assert(challenge.body.challenge);
    const swapped = await postAs(house, admin, `${path}/${wide.body.id}/sign`, { assertion });
    expect(swapped.code).toBe('person.passkey_refused');
    const { signed_text: text } = await test.store.sql
      .selectFrom('audit_proposals')
      .select('signed_text')
      .where('id', '=', narrow.body.id)
      .executeTakeFirstOrThrow();
    await test.store.sql
      .updateTable('audit_proposals')
      .set({ signed_text: text.replace('payments', 'people') } as never)
      .where('id', '=', narrow.body.id)
      .execute();
    const altered = await postAs(house, admin, `${path}/${narrow.body.id}/sign`, { assertion });
    expect(altered.code).toBe('person.audit_access_not_found');
    expect(await accesses()).toEqual([]);
  });

  it('is signed once, in time, by an administrator’s own passkey', async () => {
    const { body } = await propose();
    expect((await signStep(house, owner, `${path}/${body.id}`, 'sign')).code).toBe('person.forbidden');
    const challenge = await postAs(house, admin, `${path}/${body.id}/challenge`);
    const assertion = owner.passkey.assert(challenge.body.challenge);
    const other = await postAs(house, admin, `${path}/${body.id}/sign`, { assertion });
    expect(other.code).toBe('person.passkey_refused');
    expect((await signStep(house, admin, `${path}/${body.id}`, 'sign')).status).toBe(200);
    expect((await signStep(house, admin, `${path}/${body.id}`, 'sign')).code).toBe(
      'person.audit_access_refused',
    );
  });

  it('is refused late, for too long, and to people with a role, or who read already', async () => {
    expect((await propose({ until: clock.now() + 91 * day })).code).toBe('server.request_invalid');
    expect((await propose({ scope: {} })).status).toBe(400);
    expect((await propose({ personId: owner.id })).code).toBe('person.audit_access_refused');
    expect((await propose({}, owner)).code).toBe('person.forbidden');
    const [first, second] = [await propose(), await propose()];
    expect((await signStep(house, admin, `${path}/${first.body.id}`, 'sign')).status).toBe(200);
    expect((await signStep(house, admin, `${path}/${second.body.id}`, 'sign')).code).toBe(
      'person.audit_access_refused',
    );
    await test.store.sql.updateTable('audit_accesses').set({ ended_at: clock.now() }).execute();
    const late = await propose();
    clock.advance(15 * 60_000);
    expect((await signStep(house, admin, `${path}/${late.body.id}`, 'sign')).code).toBe(
      'person.audit_access_refused',
    );
  });

  it('is not given to one who was suspended between', async () => {
    const { body } = await propose();
    await suspendPerson(house.context, admin.actor, reader.id);
    expect((await signStep(house, admin, `${path}/${body.id}`, 'sign')).code).toBe(
      'person.audit_access_refused',
    );
  });

  it('shows on its page whom, what and until when, and the text that is signed', async () => {
    const { body } = await propose({ reason: '<b>audit</b> \u202eback' });
    const page = await house.fetch(`/people/audit-access/${body.id}`, { headers: { cookie: admin.cookie } });
    const text = await page.text();
    expect(page.status).toBe(200);
    expect(text).toContain('payments');
    expect(text).toContain('data-step="sign"');
    expect(text).not.toMatch(/<b>audit|\u202e/);
    const other = await house.fetch(`/people/audit-access/${body.id}`, {
      headers: { cookie: reader.cookie },
    });
    expect(await other.text()).not.toContain('payments');
  });
});
