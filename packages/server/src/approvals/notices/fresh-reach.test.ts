import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestHouse, type TestHouse } from '../../people/open-test-house.ts';
import { openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { addDevice } from './devices/index.ts';
import { setChannel } from './preferences/index.ts';

let test: TestStore;
let house: TestHouse;
beforeEach(async () => {
  test = await openTestStore();
  house = await openTestHouse({ store: test.store, now: () => 1_000_000, fetch });
});
afterEach(async () => {
  await house.close();
  await test.remove();
});

describe('a session without a fresh passkey', () => {
  it('adds no device and names no address, and a fresh one gets further', async () => {
    const person = await house.addPerson(['approver']);
    const stale = { ...person.actor, isFresh: false };
    const device = {
      endpoint: 'https://fcm.googleapis.com/fcm/send/abc',
      keys: { p256dh: 'A'.repeat(87), auth: 'A'.repeat(22) },
      device: 'Phone',
    };
    const address = { personId: person.id, channel: 'mail', address: 'a@evil.test' };
    await expect(addDevice(house.context, stale, device)).rejects.toMatchObject({
      code: 'person.passkey_needed',
    });
    await expect(setChannel(house.context, stale, address)).rejects.toMatchObject({
      code: 'person.passkey_needed',
    });
    // This house has no such channels.
    const further = { code: 'approval.channel_not_found' };
    await expect(addDevice(house.context, person.actor, device)).rejects.toMatchObject(further);
    await expect(setChannel(house.context, person.actor, address)).rejects.toMatchObject(further);
    // Turning a channel off reads nothing to anybody.
    const off = setChannel(house.context, stale, { personId: person.id, channel: 'mail', on: false });
    await expect(off).rejects.toMatchObject(further);
  });
});
