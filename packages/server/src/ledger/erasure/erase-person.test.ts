import { createPasskey } from '@countersign/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addTestApprover } from '../../approvals/add-test-approver.ts';
import { openTestHouse, type TestHouse, type TestPerson } from '../../people/open-test-house.ts';
import { openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { addHold } from '../holds/holds.ts';
import { findRecords } from '../search-ledger.ts';
import { askErasure } from './ask-erasure.ts';
import { cancelErasure } from './cancel-erasure.ts';
import { listErasures } from './list-erasures.ts';
import { previewErasure } from './preview-erasure.ts';
import { beginSignErasure, signErasure } from './sign-erasure.ts';
import { viewErasure } from './view-erasure.ts';

type Signer = TestPerson & { readonly passkey: ReturnType<typeof createPasskey> };

const dayMs = 86_400_000;
let test: TestStore;
let house: TestHouse;
let now: number;
let ada: Signer;
let ida: Signer;
let leaver: TestPerson;

beforeEach(async () => {
  test = await openTestStore();
  now = Date.now();
  house = await openTestHouse({ store: test.store, now: () => now, fetch });
  ada = await addSigner(['admin']);
  ida = await addSigner(['auditor']);
  leaver = await house.addPerson(['owner', 'approver']);
  await suspend(leaver);
  await tellOf(leaver);
}, 30_000);
afterEach(async () => {
  await house.close();
  await test.remove();
});

/** Their passkey counts. */
async function addSigner(roles: readonly string[]): Promise<Signer> {
  const person = await addTestApprover(house, createPasskey, roles);
  await test.store.sql
    .updateTable('passkeys')
    .set({ counts_from: 0 })
    .where('person_id', '=', person.id)
    .execute();
  return person;
}

async function suspend({ id }: TestPerson): Promise<void> {
  await test.store.sql.updateTable('people').set({ state: 'suspended' }).where('id', '=', id).execute();
}

async function tellOf({ id: person }: TestPerson): Promise<void> {
  const { newId } = house.context.platform;
  const record = { kind: 'person.verified' as const, at: now, causes: [], person, body: {} };
  await test.store.append([{ ...record, id: newId('rec') }]);
}

async function ask({ actor } = ada): Promise<string> {
  const { digest } = await previewErasure(house.context, actor, { id: leaver.id });
  const input = { id: leaver.id, digest, reason: 'asked for' };
  return (await askErasure(house.context, actor, input)).id;
}

async function sign({ actor, passkey }: Signer, id: string) {
  const { challenge } = await beginSignErasure(house.context, actor, id);
  return signErasure(house.context, actor, id, passkey.assert(challenge));
}

async function askAndSign(): Promise<string> {
  const id = await ask();
  expect((await sign(ada, id)).erased).toBeNull();
  return id;
}

describe('the erasure of a person', () => {
  it('is refused before the person has left', async () => {
    await test.store.sql.updateTable('people').set({ state: 'active' }).where('id', '=', leaver.id).execute();
    await expect(sign(ida, await askAndSign())).rejects.toMatchObject({ code: 'ledger.still_in_use' });
  });

  it('leaves an id that stands for nobody, and no way to sign in', async () => {
    const { sql } = test.store;
    await sign(ida, await askAndSign());
    const row = await sql.selectFrom('people').selectAll().where('id', '=', leaver.id).executeTakeFirst();
    expect(row).toMatchObject({ display_name: '(erased)', email: null, roles: '[]', state: 'suspended' });
    for (const table of ['passkeys', 'sessions', 'person_identities', 'person_invites'] as const)
      expect(await sql.selectFrom(table).selectAll().where('person_id', '=', leaver.id).execute()).toEqual(
        [],
      );
    const others = await sql.selectFrom('sessions').selectAll().execute();
    expect(others.map(({ person_id }) => person_id)).toContain(ada.id);
  });
});

describe('an erasure that two people sign', () => {
  it('keeps both signatures over the same text, and cannot be signed again', async () => {
    const id = await askAndSign();
    expect(await viewErasure(house.context, ida.actor, id)).toMatchObject({ state: 'signed', maySign: true });
    const { request, erased } = await sign(ida, id);
    expect([request.state, erased?.number]).toEqual(['erased', 1]);
    const [told] = (await findRecords(house.context, { kind: 'ledger.erased', limit: 1 })).items;
    const signatures = [{ by: ada.id }, { by: ida.id }];
    expect(told?.body).toMatchObject({ by: ada.id, signatures, signed: expect.stringContaining(leaver.id) });
    await expect(sign(ida, id)).rejects.toMatchObject({ code: 'ledger.erasure_not_open' });
  });

  it('is signed by whoever asked first, and by nobody twice', async () => {
    const id = await ask();
    await expect(sign(ida, id)).rejects.toMatchObject({ code: 'ledger.erasure_not_open' });
    await sign(ada, id);
    await expect(sign(ada, id)).rejects.toMatchObject({ code: 'ledger.erasure_needs_two' });
    const owner = await addSigner(['owner', 'approver']);
    await expect(sign(owner, id)).rejects.toMatchObject({ code: 'person.forbidden' });
    await expect(sign({ ...ida, passkey: ada.passkey }, id)).rejects.toMatchObject({
      code: 'person.passkey_refused',
    });
    const operator = beginSignErasure(house.context, { kind: 'operator' }, id);
    await expect(operator).rejects.toMatchObject({ code: 'person.forbidden' });
  });

  it('takes no signature over another erasure', async () => {
    const [one, other] = [await askAndSign(), await askAndSign()];
    const { challenge } = await beginSignErasure(house.context, ida.actor, one);
    const late = signErasure(house.context, ida.actor, other, ida.passkey.assert(challenge));
    await expect(late).rejects.toMatchObject({ code: 'person.passkey_refused' });
  });

  it('cannot be asked for by an auditor, with a reason that hides, nor where nobody else could sign', async () => {
    await expect(ask(ida)).rejects.toMatchObject({ code: 'person.forbidden' });
    const digest = 'A'.repeat(43);
    const hidden = { id: leaver.id, digest, reason: 'asked \u202efor' };
    await expect(askErasure(house.context, ada.actor, hidden)).rejects.toThrow();
    await suspend(ida);
    await expect(ask()).rejects.toMatchObject({ code: 'ledger.erasure_needs_two' });
  });

  it('is refused a day later, when it was cancelled, and when who asked may erase no more', async () => {
    const [late, cancelled, left] = [await askAndSign(), await askAndSign(), await askAndSign()];
    await cancelErasure(house.context, ida.actor, cancelled);
    const notOpen = { code: 'ledger.erasure_not_open' };
    await expect(sign(ida, cancelled)).rejects.toMatchObject(notOpen);
    await suspend(ada);
    await expect(sign(ida, left)).rejects.toMatchObject(notOpen);
    now += dayMs;
    await expect(sign(ida, late)).rejects.toMatchObject(notOpen);
    const states = (await listErasures(house.context, ida.actor)).map(({ state }) => state);
    expect(states.toSorted()).toEqual(['cancelled', 'expired', 'expired']);
  });

  it('is refused when records have come since it was shown, and when a hold was put meanwhile', async () => {
    const changed = await askAndSign();
    await tellOf(leaver);
    await expect(sign(ida, changed)).rejects.toMatchObject({ code: 'ledger.selection_changed' });
    const held = await askAndSign();
    await addHold(house.context, ada.actor, { id: leaver.id, reason: 'case 12' });
    const { obstacle } = await viewErasure(house.context, ida.actor, held);
    expect(obstacle).toContain('held by hld_');
    await expect(sign(ida, held)).rejects.toMatchObject({ code: 'ledger.on_hold' });
  });

  it('is carried out once when two sign it at the same moment', async () => {
    const bo = await addSigner(['admin']);
    const id = await askAndSign();
    const both = await Promise.allSettled([sign(ida, id), sign(bo, id)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect((await findRecords(house.context, { kind: 'ledger.erased', limit: 5 })).items).toHaveLength(1);
  });
});
