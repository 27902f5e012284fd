import { createManualClock } from '@countersign/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openTestStore, type TestStore } from '../plugins/database/open-test-store.ts';
import { openTestServer, type TestServer } from './open-test-server.ts';
import { refreshSigningKeys } from './refresh-signing-keys.ts';
import { rotateSigningKeys } from './rotate-signing-keys.ts';

const clock = createManualClock();
const operator = { kind: 'operator' } as const;
let test: TestStore;
let here: TestServer;
let there: TestServer;

beforeEach(async () => {
  test = await openTestStore();
  here = await openTestServer({ store: test.store, now: clock.now });
  there = await openTestServer({ store: test.store, now: clock.now });
});
afterEach(() => test.remove());

const current = ({ context }: TestServer) => context.tokens.signingKeys.current().kid;

it('signs and verifies from then on with the keys that another gateway has made', async () => {
  expect(current(there)).toBe(current(here));
  await rotateSigningKeys(here.context, operator, { revokeEarlier: false });
  expect(current(there)).not.toBe(current(here));
  await refreshSigningKeys(there.context);
  expect(current(there)).toBe(current(here));
  const kids = ({ context }: TestServer) =>
    context.tokens.signingKeys.publish(clock.now()).keys.map(({ kid }) => kid);
  expect(kids(there)).toEqual(kids(here));
});

it('forgets which tokens it has verified only when a key came or went', async () => {
  let forgotten = 0;
  const forget = (): void => {
    forgotten += 1;
  };
  const tokens = new Proxy(there.context.tokens, {
    get: (target, name) => (name === 'forgetVerified' ? forget : Reflect.get(target, name, target)),
  });
  await refreshSigningKeys({ ...there.context, tokens });
  expect(forgotten).toBe(0);
  await rotateSigningKeys(here.context, operator, { revokeEarlier: false });
  await refreshSigningKeys({ ...there.context, tokens });
  expect(forgotten).toBe(1);
});

it('is not thrown back by what was read before a rotation of its own', async () => {
  const refreshing = refreshSigningKeys(here.context);
  await rotateSigningKeys(here.context, operator, { revokeEarlier: false });
  await refreshing;
  const row = await test.store.sql
    .selectFrom('server_keys')
    .select('kid')
    .where('use', '=', 'token')
    .where('retired_at', 'is', null)
    .executeTakeFirstOrThrow();
  expect(current(here)).toBe(row.kid);
});
