import { AppError, type LedgerRecord } from '@countersign/api';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FetchOptions, GuardedFetch } from '../../outbound/guarded-fetch.ts';
import { createMasterKey } from '../../platform/master-key.ts';
import { createPlatform } from '../../platform/platform.ts';
import { openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import type { SecretStore } from '../../plugins/secret-store/secret-store.ts';
import { createUpstreamCredentials } from '../credentials/create-credential-state.ts';
import type { Holder } from '../credentials/minted.ts';
import type { ConnectionParts, UserCredential } from './connection-parts.ts';
import { type HeldTokens, nameHeldTokens } from './held-tokens.ts';
import { openConnection } from './open-connection.ts';

const issuer = 'https://login.example';
const url = 'https://files.example/mcp';
const code = (wanted: string) => expect.objectContaining({ code: wanted });
const credential: UserCredential = { kind: 'oauth-user', issuer, clientId: 'house' };

let held: TestStore;
let parts: ConnectionParts;
let person: string;
let connection: string;
let secrets: Map<string, string>;
let isStoreDown: boolean;
let asked: string[];
let revoked: string[];
let answer: () => Response;
const records: LedgerRecord[] = [];
const platform = createPlatform();

beforeAll(async () => {
  held = await openTestStore();
  held.store.onAppended((appended) => records.push(...appended.map(({ record }) => record)));
}, 60_000);
afterAll(() => held.remove());

beforeEach(async () => {
  [secrets, asked, revoked, isStoreDown] = [new Map(), [], [], false];
  records.length = 0;
  person = platform.newId('per');
  connection = platform.newId('ucn');
  answer = () =>
    Response.json({
      access_token: `access-${asked.length}`,
      token_type: 'Bearer',
      refresh_token: `refresh-${asked.length}`,
      expires_in: 600,
    });
  const fetch = async (target: string, { body }: FetchOptions = {}) => {
    if (target.endsWith('/token')) {
      asked.push(new URLSearchParams(String(body)).get('refresh_token') ?? '');
      return answer();
    }
    if (target.endsWith('/revoke')) revoked.push(new URLSearchParams(String(body)).get('token') ?? '');
    const { origin } = new URL(target);
    return target.includes('.well-known')
      ? Response.json({
          issuer: origin,
          token_endpoint: `${origin}/token`,
          revocation_endpoint: `${origin}/revoke`,
        })
      : new Response('');
  };
  const store: Partial<SecretStore> = {
    async get(name) {
      const value = secrets.get(name);
      if (value === undefined) throw new AppError('secret.not_found');
      return { value, version: '1', changedAt: null };
    },
    async set(name, value) {
      if (isStoreDown) throw new AppError('secret.unavailable');
      secrets.set(name, value);
      return { name, version: '1', changedAt: null, previousUntil: null, kind: 'static' };
    },
    async remove(name) {
      secrets.delete(name);
    },
  };
  const guarded: GuardedFetch = Object.assign(fetch, { close: async () => {} });
  ({ connections: parts } = createUpstreamCredentials({
    store: held.store,
    secrets: store as SecretStore,
    platform,
    log: pino({ level: 'silent' }),
    masterKey: createMasterKey(platform.randomBytes(32)),
    publicUrl: 'https://countersign.example',
    signingKeys: {
      current() {
        throw new Error('nothing is signed here');
      },
    },
    fetch: () => guarded,
  }));
  await insertConnection();
  hold({});
});

async function insertConnection(): Promise<void> {
  const { sql } = held.store;
  const added = { display_name: 'Ada', email: null, roles: '[]', state: 'active', created_at: 0 } as const;
  await sql
    .insertInto('people')
    .values({ id: person, ...added })
    .execute();
  await sql
    .insertInto('upstream_connections')
    .values({
      id: connection,
      upstream: 'files',
      person_id: person,
      issuer,
      resource: url,
      client_id: 'house',
      scopes: '[]',
      is_bound: 0,
      made_record: platform.newId('rec'),
      created_at: 0,
      refreshed_at: null,
      ended_at: null,
      end_reason: null,
    })
    .execute();
}

function hold(changes: Partial<HeldTokens>): void {
  const tokens: HeldTokens = {
    connection,
    person,
    upstream: 'files',
    issuer,
    clientId: 'house',
    revocationEndpoint: `${issuer}/revoke`,
    credential,
    accessToken: 'access-0',
    refreshToken: 'refresh-0',
    expiresAt: platform.now() + 600_000,
    ...changes,
  };
  secrets.set(nameHeldTokens(connection), JSON.stringify(tokens));
}

function open(given: { refused?: string; credential?: UserCredential; person?: string } = {}) {
  const { refused, credential: own = credential } = given;
  const holder: Holder = { name: 'files', kind: 'mcp-http', settings: { url, credential: own } };
  return openConnection(parts, { holder, credential: own, person: given.person ?? person, refused });
}
const old = () => hold({ expiresAt: platform.now() + 10_000 });
const endReason = () => records.find(({ kind }) => kind === 'upstream.connection_ended')?.body.reason;

describe('the connection of a person', () => {
  it('is used as it is while its token is good', async () => {
    expect((await open()).held.accessToken).toBe('access-0');
    expect(asked).toEqual([]);
  });

  it('is refreshed by one for all, and what rotated is kept', async () => {
    old();
    const opened = await Promise.all(Array.from({ length: 20 }, () => open()));
    expect(new Set(opened.map((one) => one.held.accessToken))).toEqual(new Set(['access-1']));
    expect(asked).toEqual(['refresh-0']);
    await open({ refused: 'access-1' });
    expect(asked).toEqual(['refresh-0', 'refresh-1']);
    expect(secrets.get(nameHeldTokens(connection))).toContain('refresh-2');
  });

  it('keeps what was issued while the secret store is out of reach, and uses it once it is safe', async () => {
    old();
    isStoreDown = true;
    await expect(open()).rejects.toEqual(code('secret.unavailable'));
    await expect(open()).rejects.toEqual(code('secret.unavailable'));
    expect(asked).toEqual(['refresh-0']);
    isStoreDown = false;
    expect((await open()).held.refreshToken).toBe('refresh-1');
    expect(asked).toEqual(['refresh-0']);
    expect(secrets.get(nameHeldTokens(connection))).toContain('refresh-1');
  });

  it('ends when its issuer no longer honours it, and not when the issuer is only out of order', async () => {
    old();
    answer = () => Response.json({ error: 'temporarily_unavailable' }, { status: 400 });
    await expect(open()).rejects.toEqual(code('upstream.credential_unavailable'));
    expect(endReason()).toBeUndefined();
    answer = () => Response.json({ error: 'invalid_grant' }, { status: 400 });
    await expect(open()).rejects.toEqual(code('upstream.connection_needed'));
    expect(endReason()).toBe('refused_by_issuer');
    expect(secrets.size).toBe(0);
    await expect(open()).rejects.toEqual(code('upstream.connection_needed'));
    expect(asked.length).toBe(2);
  });

  it('ends when it cannot be refreshed', async () => {
    hold({ expiresAt: 0, refreshToken: undefined });
    await expect(open()).rejects.toEqual(code('upstream.connection_needed'));
    expect(endReason()).toBe('refused_by_issuer');
  });

  it.each<[string, Partial<UserCredential>]>([
    ['another issuer', { issuer: 'https://evil.example' }],
    ['another resource', { resource: 'https://bank.example/' }],
    ['another client', { clientId: 'other' }],
  ])('ends when the settings name %s, which sees none of its tokens', async (_, changes) => {
    old();
    await expect(open({ credential: { ...credential, ...changes } })).rejects.toEqual(
      code('upstream.connection_needed'),
    );
    expect(endReason()).toBe('upstream_changed');
    expect(asked).toEqual([]);
    expect(revoked).toEqual(['refresh-0', 'access-0']);
  });

  it.each<[string, Partial<HeldTokens>]>([
    ['of another connection', { connection: 'ucn_01ARZ3NDEKTSV4RRFFQ69G5FAV' }],
    ['of another person', { person: 'per_01ARZ3NDEKTSV4RRFFQ69G5FAV' }],
    ['of another upstream', { upstream: 'bank' }],
    ['of another issuer', { issuer: 'https://evil.example' }],
  ])('does not use tokens %s that were put in its place', async (_, changes) => {
    hold(changes);
    await expect(open()).rejects.toEqual(code('secret.unavailable'));
  });

  it('is nobody else’s, and nobody’s once the person is suspended or the tokens are gone', async () => {
    await expect(open({ person: platform.newId('per') })).rejects.toEqual(code('upstream.connection_needed'));
    await held.store.sql.updateTable('people').set({ state: 'suspended' }).where('id', '=', person).execute();
    await expect(open()).rejects.toEqual(code('upstream.connection_needed'));
    await held.store.sql.updateTable('people').set({ state: 'active' }).where('id', '=', person).execute();
    secrets.clear();
    await expect(open()).rejects.toEqual(code('upstream.connection_needed'));
    expect(endReason()).toBe('disconnected');
  });
});
