import { createManualClock } from '@countersign/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createMasterKey } from '../platform/master-key.ts';
import { createPlatform } from '../platform/platform.ts';
import type { Store } from '../plugins/database/database.ts';
import { openTestStore, type TestStore } from '../plugins/database/open-test-store.ts';
import { type Challenges, createChallenges } from './challenges.ts';

const clock = createManualClock();
const masterKey = createMasterKey(new Uint8Array(32).fill(5));
let test: TestStore;
let challenges: Challenges;

/** Of another process; `isShared` as gateways that share a database are. */
function create(isShared = false): Challenges {
  const seat = { ...test.store.seat, isShared };
  const store = new Proxy(test.store, {
    get: (target, name) => (name === 'seat' ? seat : Reflect.get(target, name, target)),
  }) as Store;
  return createChallenges({ platform: createPlatform(clock.now), masterKey, store });
}

beforeAll(async () => {
  test = await openTestStore();
  challenges = create();
});
afterAll(() => test.remove());

it('knows its own challenges, for their holder, for five minutes', () => {
  const challenge = challenges.issue('sign-in');
  expect(challenges.isIssued(challenge, 'sign-in')).toBe(true);
  expect(challenges.isIssued(challenge, 'join:other')).toBe(false);
  expect(create().isIssued(challenge, 'sign-in')).toBe(false);
  clock.advance(5 * 60_000);
  expect(challenges.isIssued(challenge, 'sign-in')).toBe(false);
});

it('is not pushed out of by those who ask for many', () => {
  const mine = challenges.issue('sign-in');
  for (let n = 0; n < 20_000; n++) challenges.issue('sign-in');
  expect(challenges.isIssued(mine, 'sign-in')).toBe(true);
});

it('spends each once, in its one spelling', async () => {
  const challenge = challenges.issue('sign-in');
  expect([await challenges.spend(challenge), await challenges.spend(challenge)]).toEqual([true, false]);
  expect(challenges.isIssued(challenge, 'sign-in')).toBe(false);
  for (const other of [`${challenge}=`, `${challenge}A`, challenge.replace(/.$/, '!'), '', 'AAAA']) {
    expect(challenges.isIssued(other, 'sign-in')).toBe(false);
  }
});

it('knows those of other gateways of the database, and lets one of them be spent once among all', async () => {
  const gateways = [create(true), create(true), create(true)];
  const challenge = gateways[0]?.issue('sign-in') ?? '';
  expect(gateways.map((gateway) => gateway.isIssued(challenge, 'sign-in'))).toEqual([true, true, true]);
  expect(gateways.map((gateway) => gateway.isIssued(challenge, 'join:other'))).toEqual([false, false, false]);
  const spent = await Promise.all(gateways.map((gateway) => gateway.spend(challenge)));
  expect(spent.filter(Boolean)).toHaveLength(1);
});
