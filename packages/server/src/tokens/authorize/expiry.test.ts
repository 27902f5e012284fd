import { createManualClock } from '@countersign/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { expireClients } from '../clients/expire-clients.ts';
import { registerDynamically } from '../clients/register-dynamically.ts';
import { openTestServer, type TestServer } from '../open-test-server.ts';
import { expireAuthorizations } from './expire-authorizations.ts';

const clock = createManualClock();
const day = 86_400_000;
let test: TestStore;
let server: TestServer;

beforeEach(async () => {
  test = await openTestStore();
  server = await openTestServer({ store: test.store, now: clock.now });
});
afterEach(() => test.remove());

const register = async (name: string) => {
  const body = JSON.stringify({ client_name: name, redirect_uris: ['https://app.example/cb'] });
  return (await registerDynamically(server.context, Buffer.from(body))).row.id;
};
const idsOf = async (table: 'clients' | 'token_families') =>
  (await test.store.sql.selectFrom(table).select('id').orderBy('id').execute()).map(({ id }) => id);

describe('clients that registered themselves', () => {
  it('are forgotten a day after nobody used them, or thirty days after somebody did', async () => {
    const [unused, used] = [await register('unused'), await register('used')];
    await test.store.sql
      .updateTable('clients')
      .set({ used_at: clock.now() })
      .where('id', '=', used)
      .execute();
    await expireClients(server.context);
    expect(await idsOf('clients')).toEqual([unused, used].toSorted());
    clock.advance(day + 1);
    await expireClients(server.context);
    expect(await idsOf('clients')).toEqual([used]);
    clock.advance(30 * day);
    expect(await expireClients(server.context)).toBeGreaterThan(clock.now());
    expect(await idsOf('clients')).toEqual([]);
    expect(await server.records('token.client_removed')).toHaveLength(2);
  });
});

describe('what the code flow leaves behind', () => {
  it('is forgotten when it is over, and no sooner', async () => {
    const owner = await server.addPerson();
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: 'x' };
    const agent = await server.addAgent({ owner, jwk, thumbprint: 'x' });
    const delegation = await server.addDelegation({ agent, owner });
    const addFamily = async (id: string, expiresAt: number, endedAt: number | null) => {
      const now = clock.now();
      await test.store.sql
        .insertInto('token_families')
        .values({
          ...{ id, client_id: 'c', person_id: owner, agent_id: agent, delegation_id: delegation },
          ...{ resources: '[]', jkt: null, task_ids: '[]', created_at: now, used_at: now },
          ...{ expires_at: expiresAt, ended_at: endedAt, end_reason: null },
        })
        .execute();
      const token = { digest: `refresh ${id}`, family_id: id, created_at: now, rotated_at: null };
      await test.store.sql.insertInto('refresh_tokens').values(token).execute();
      await test.store.sql
        .insertInto('authorization_codes')
        .values({
          ...{
            digest: `code ${id}`,
            client_id: 'c',
            person_id: owner,
            agent_id: agent,
            delegation_id: delegation,
          },
          ...{ redirect_uri: 'x', code_challenge: 'x', resources: '[]', dpop_jkt: null, cause: 'x' },
          ...{ expires_at: now, used_at: now, family_id: id },
        })
        .execute();
    };
    const pushed = { digest: 'p', client_id: 'c', parameters: '{}', expires_at: clock.now() + 1000 };
    await test.store.sql.insertInto('pushed_requests').values(pushed).execute();
    await addFamily('fam_live', clock.now() + 30 * day, null);
    await addFamily('fam_ended', clock.now() + 30 * day, clock.now());
    await addFamily('fam_expired', clock.now(), null);
    await expireAuthorizations(server.context);
    expect(await idsOf('token_families')).toEqual(['fam_ended', 'fam_expired', 'fam_live']);
    clock.advance(2 * day);
    expect(await expireAuthorizations(server.context)).toBeGreaterThan(clock.now());
    expect(await idsOf('token_families')).toEqual(['fam_live']);
    const left = await test.store.sql.selectFrom('authorization_codes').select('digest').execute();
    expect(left).toEqual([{ digest: 'code fam_live' }]);
    expect(await test.store.sql.selectFrom('refresh_tokens').selectAll().execute()).toHaveLength(1);
    expect(await test.store.sql.selectFrom('pushed_requests').selectAll().execute()).toHaveLength(0);
  });
});
