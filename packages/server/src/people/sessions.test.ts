import { createManualClock } from '@countersign/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestStore, type TestStore } from '../plugins/database/open-test-store.ts';
import { openTestHouse, type TestHouse, type TestPerson } from './open-test-house.ts';
import { toSafeReturnPath } from './safe-return-path.ts';

const clock = createManualClock();
const minute = 60_000;
let test: TestStore;
let house: TestHouse;

beforeEach(async () => {
  test = await openTestStore();
  house = await openTestHouse({ store: test.store, now: clock.now, fetch });
});

afterEach(async () => {
  await house.close();
  await test.remove();
});

const seeMe = async ({ cookie }: Pick<TestPerson, 'cookie'>) =>
  (await house.fetch('/v1/people/me', { headers: { cookie } })).status;

describe('a session', () => {
  it('lives while it is used, at most 8 hours', async () => {
    const person = await house.addPerson();
    for (let passed = 50; passed < 8 * 60; passed += 50) {
      clock.advance(50 * minute);
      expect(await seeMe(person)).toBe(200);
    }
    clock.advance(50 * minute);
    expect(await seeMe(person)).toBe(401);
  });

  it('ends after an idle hour', async () => {
    const person = await house.addPerson();
    clock.advance(60 * minute);
    expect(await seeMe(person)).toBe(401);
  });

  it('ends when the person is suspended', async () => {
    const [administrator, person] = [await house.addPerson(), await house.addPerson(['owner'])];
    const suspend = `/v1/people/${person.id}/suspend`;
    expect(
      (await house.fetch(suspend, { method: 'POST', headers: { cookie: administrator.cookie } })).status,
    ).toBe(200);
    expect(await seeMe(person)).toBe(401);
    expect(house.context.stops.isStopped('owner', person.id)).toBe(true);
  });

  it('is kept as a digest only', async () => {
    const { cookie } = await house.addPerson();
    const rows = JSON.stringify(await test.store.sql.selectFrom('sessions').selectAll().execute());
    expect(rows).not.toContain(cookie.split('=')[1]);
  });

  it('is not taken from a cookie that comes twice', async () => {
    const person = await house.addPerson();
    expect(await seeMe({ cookie: `countersign=${'x'.repeat(43)}; ${person.cookie}` })).toBe(401);
  });
});

describe('a change that rests on a cookie', () => {
  it.each([
    ['another origin', { origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' }],
    ['another port of this host', { origin: 'http://localhost:1', 'sec-fetch-site': 'same-site' }],
    ['an opaque origin', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
    ['a browser that says it is another site', { 'sec-fetch-site': 'cross-site' }],
  ])('is refused from %s', async (_what, headers) => {
    const person = await house.addPerson();
    const response = await house.fetch('/v1/people/sign-out', {
      method: 'POST',
      headers: { cookie: person.cookie, ...headers },
    });
    expect(response.status).toBe(403);
    expect((await response.json()).code).toBe('person.origin_refused');
    expect(await seeMe(person)).toBe(200);
  });
});

describe('the way back after signing in', () => {
  it.each(['/', '/approvals/apr_01', '/agents?state=active&limit=5'])('may be %s', (path) => {
    expect(toSafeReturnPath(path)).toBe(path);
  });

  it.each([
    'https://evil.test',
    '//evil.test',
    '/\\evil.test',
    '/\t/evil.test',
    '\\\\evil.test',
    'javascript:alert(1)',
    '/a"><script>',
    ' /a',
    `/${'a'.repeat(600)}`,
    undefined,
  ])('is / instead of %s', (path) => {
    expect(toSafeReturnPath(path)).toBe('/');
  });
});
