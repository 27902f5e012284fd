import { generateKeyPairSync } from 'node:crypto';
import { createLocalJWKSet, exportJWK, SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { digestAssertion } from '../digest-assertion.ts';
import { askAcknowledgements } from './ask-acknowledgements.ts';

const ours = 'https://north.example';
const theirs = 'https://south.example';
const digest = digestAssertion(ours, 'tok_1');
const start = 1_790_000_000_000;
const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });

interface Said {
  readonly key?: typeof own;
  readonly typ?: string;
  readonly claims?: Readonly<Record<string, unknown>>;
}

function say({ key = own, typ = 'countersign-acknowledgement+jwt', claims = {} }: Said): Promise<string> {
  const [iat, exp] = [start / 1000, start / 1000 + 300];
  return new SignJWT({
    ...{ iss: theirs, aud: ours, iat, exp, assertion: digest, countersign_record: 'rec_theirs' },
    ...claims,
  })
    .setProtectedHeader({ alg: 'ES256', typ })
    .sign(key.privateKey);
}

let test: TestStore;
let now = start;
beforeEach(async () => {
  test = await openTestStore();
  now = start;
  const { sql } = test.store;
  const organisation = { id: 'org_1', name: 'south', state: 'active', terms: '{}', changed_at: 0 };
  await sql
    .insertInto('organisations')
    .values({ ...organisation, changed_record: 'rec_0' } as never)
    .execute();
  await sql
    .insertInto('organisation_vouched')
    .values({
      ...{ digest, organisation_id: 'org_1', audience: theirs, assertion: 'tok_1', record: 'rec_issued' },
      ...{ agent_id: 'agt_1', task_id: 'tsk_1', tries: 0, next_at: start, expires_at: start + 900_000 },
    })
    .execute();
});
afterEach(() => test.remove());

async function ask(answer: () => Promise<string>): Promise<readonly string[]> {
  const jwk = await exportJWK(own.publicKey);
  const issuer = { issuer: theirs };
  const organisation = { name: 'south', terms: { issuers: [issuer] } };
  const asked: string[] = [];
  const keys = createLocalJWKSet({ keys: [jwk] });
  await askAcknowledgements({
    store: test.store,
    platform: { now: () => now, newId: (prefix: string) => `${prefix}_made` },
    config: { server: { publicUrl: ours }, tokens: { clockSkewSeconds: 5 } },
    organisations: {
      list: () => [organisation],
      findByIssuer: (name: string) => (name === theirs ? organisation : undefined),
      keysOf: () => keys,
      fetch: (url: string) => {
        asked.push(url);
        return answer();
      },
    },
  } as never);
  return asked;
}

const entries = async () =>
  (await test.store.sql.selectFrom('ledger_entries').select('kind').execute()).map(({ kind }) => kind);
const left = () => test.store.sql.selectFrom('organisation_vouched').selectAll().execute();

describe('organisation.acknowledged', () => {
  it('records, once, under which record an organisation took our word', async () => {
    expect(await ask(() => say({}))).toEqual([`${theirs}/oauth/acknowledgements/${digest}`]);
    expect(await entries()).toEqual(['organisation.assertion_acknowledged']);
    expect(await left()).toEqual([]);
    expect(await ask(() => say({}))).toEqual([]);
  });

  it.each<[string, Said]>([
    ['another key', { key: stranger }],
    ['another kind of token', { typ: 'JWT' }],
    ['another issuer', { claims: { iss: 'https://south.example.evil' } }],
    ['another reader', { claims: { aud: 'https://east.example' } }],
    ['another assertion', { claims: { assertion: digestAssertion(ours, 'tok_2') } }],
    ['an earlier time', { claims: { exp: start / 1000 - 60 } }],
    ['what is no record', { claims: { countersign_record: '<script>' } }],
  ])('believes nothing of %s, and asks again later', async (_what, said) => {
    await ask(() => say(said));
    expect(await entries()).toEqual([]);
    expect(await left()).toMatchObject([{ tries: 1, next_at: start + 500 }]);
    expect(await ask(() => say({}))).toEqual([]);
  });

  it('stops asking whoever does not answer', async () => {
    const silent = () => Promise.reject(new Error('nobody there'));
    let asked = 0;
    for (; now < start + 2_000_000; now += 60_000) asked += (await ask(silent)).length;
    expect(asked).toBeLessThan(25);
    expect(await left()).toEqual([]);
    expect(await entries()).toEqual([]);
  });
});
