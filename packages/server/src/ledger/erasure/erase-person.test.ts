import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestHouse, type TestHouse, type TestPerson } from '../../people/open-test-house.ts';
import { openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { eraseRecords } from './erase-records.ts';
import { previewErasure } from './preview-erasure.ts';

let test: TestStore;
let house: TestHouse;
let administrator: TestPerson;
let leaver: TestPerson;

beforeEach(async () => {
  test = await openTestStore();
  house = await openTestHouse({ store: test.store, now: Date.now, fetch });
  administrator = await house.addPerson(['admin']);
  leaver = await house.addPerson(['owner', 'approver']);
  const { newId, now } = house.context.platform;
  const record = { kind: 'person.verified' as const, at: now(), causes: [], person: leaver.id, body: {} };
  await test.store.append([{ ...record, id: newId('rec') }]);
}, 30_000);
afterEach(async () => {
  await house.close();
  await test.remove();
});

async function erase(): Promise<unknown> {
  const { context } = house;
  const { digest } = await previewErasure(context, administrator.actor, { id: leaver.id });
  return eraseRecords(context, administrator.actor, { id: leaver.id, digest, reason: 'asked for' });
}

describe('the erasure of a person', () => {
  it('is refused before the person has left', async () => {
    await expect(erase()).rejects.toMatchObject({ code: 'ledger.still_in_use' });
  });

  it('leaves an id that stands for nobody, and no way to sign in', async () => {
    const { sql } = test.store;
    await sql.updateTable('people').set({ state: 'suspended' }).where('id', '=', leaver.id).execute();
    await erase();
    const row = await sql.selectFrom('people').selectAll().where('id', '=', leaver.id).executeTakeFirst();
    expect(row).toMatchObject({ display_name: '(erased)', email: null, roles: '[]', state: 'suspended' });
    for (const table of ['passkeys', 'sessions', 'person_identities', 'person_invites'] as const)
      expect(await sql.selectFrom(table).selectAll().where('person_id', '=', leaver.id).execute()).toEqual(
        [],
      );
    const others = await sql.selectFrom('sessions').selectAll().execute();
    expect(others.map(({ person_id }) => person_id)).toContain(administrator.id);
  });
});
