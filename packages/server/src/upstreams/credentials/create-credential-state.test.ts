import { inspect } from 'node:util';
import { AppError, type LedgerRecord } from '@countersign/api';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FetchOptions, GuardedFetch } from '../../outbound/guarded-fetch.ts';
import { createMasterKey } from '../../platform/master-key.ts';
import { createPlatform } from '../../platform/platform.ts';
import type { Store } from '../../plugins/database/database.ts';
import { openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import type { SecretStore } from '../../plugins/secret-store/secret-store.ts';
import { createUpstreamCredentials, type UpstreamCredentials } from './create-credential-state.ts';
import type { Claimant, Holder } from './minted.ts';

const issuer = 'https://login.example';
const server = {
  issuer,
  token_endpoint: `${issuer}/token`,
  revocation_endpoint: `${issuer}/revoke`,
};
const code = (wanted: string) => expect.objectContaining({ code: wanted });

let held: TestStore;
let credentials: UpstreamCredentials;
let records: LedgerRecord[];
let time: number;
let issued: number;
let revoked: string[];
let answerToken: (number: number) => Response | Promise<Response>;

const holder: Holder = {
  name: 'files',
  kind: 'mcp-http',
  settings: {
    url: 'https://files.example/mcp',
    credential: { kind: 'client-credentials', clientId: 'house', issuer },
  },
};
const claimant = (task: string, changes: Partial<Claimant> = {}): Claimant => ({
  task,
  agent: 'agt_1',
  person: 'per_1',
  chain: ['dlg_1'],
  expiresAt: time + 3_600_000,
  ...changes,
});
const giveToken = (number: number, changes: object = {}) =>
  Response.json({
    access_token: `token-number-${number}`,
    token_type: 'Bearer',
    expires_in: 600,
    ...changes,
  });

beforeAll(async () => {
  held = await openTestStore();
  held.store.onAppended((appended) => records.push(...appended.map(({ record }) => record)));
}, 60_000);
afterAll(() => held.remove());

beforeEach(() => {
  open(held.store);
});
afterEach(() => credentials.close());

function open(store: Store): void {
  time = Date.now();
  [records, issued, revoked] = [[], 0, []];
  answerToken = giveToken;
  const fetch = async (url: string, { body }: FetchOptions = {}) => {
    if (url.endsWith('/token')) return answerToken(++issued);
    if (url.endsWith('/revoke')) revoked.push(new URLSearchParams(String(body)).get('token') ?? '');
    return url.includes('.well-known') ? Response.json(server) : new Response('');
  };
  const guarded: GuardedFetch = Object.assign(fetch, { close: async () => {} });
  const platform = createPlatform(() => time);
  credentials = createUpstreamCredentials({
    store,
    secrets: {} as SecretStore,
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
  });
}

describe('a credential for a task', () => {
  it('is got once, however many calls wait for it, and is no other task’s', async () => {
    const [one, two] = [claimant('tsk_1'), claimant('tsk_2')];
    const armed = await Promise.all(
      Array.from({ length: 50 }, (_, i) => credentials.arm(holder, i % 2 === 0 ? one : two)),
    );
    expect(issued).toBe(2);
    const sent = new Set(armed.map(({ headers }) => headers.authorization));
    expect(sent).toEqual(new Set(['Bearer token-number-1', 'Bearer token-number-2']));
    expect(new Set(armed.map(({ secretKey }) => secretKey)).size).toBe(2);
    const minted = records.filter(({ kind }) => kind === 'upstream.credential_minted');
    expect(minted.map(({ task }) => task).sort()).toEqual(['tsk_1', 'tsk_2']);
    expect(JSON.stringify(records)).not.toContain('token-number');
  });

  it('is got anew in time before it ends, and never lives longer than its task', async () => {
    await credentials.arm(holder, claimant('tsk_1'));
    time += 569_000;
    await credentials.arm(holder, claimant('tsk_1'));
    expect(issued).toBe(1);
    time += 2_000;
    const again = await credentials.arm(holder, claimant('tsk_1'));
    expect(again.headers.authorization).toBe('Bearer token-number-2');
    const short = claimant('tsk_2', { expiresAt: time + 1000 });
    await credentials.arm(holder, short);
    expect(records.at(-1)?.body.usableUntil).toBe(short.expiresAt);
  });

  it('is let go with the task, and ended at its issuer', async () => {
    await credentials.arm(holder, claimant('tsk_1'));
    await credentials.arm(holder, claimant('tsk_2'));
    credentials.forgetTask('tsk_1');
    await expect.poll(() => revoked).toEqual(['token-number-1']);
    credentials.sweep(({ task }) => task === 'tsk_2');
    await expect.poll(() => revoked).toEqual(['token-number-1', 'token-number-2']);
  });

  it('is not used when the task ended while it was on the way, but ended', async () => {
    const { promise, resolve } = Promise.withResolvers<Response>();
    answerToken = () => promise;
    const arming = credentials.arm(holder, claimant('tsk_1'));
    const outcome = expect(arming).rejects.toEqual(code('task.not_open'));
    await expect.poll(() => issued).toBe(1);
    credentials.forgetTask('tsk_1');
    resolve(giveToken(1));
    await outcome;
    await expect.poll(() => revoked).toEqual(['token-number-1']);
  });

  it('belongs to the settings it was got for', async () => {
    await credentials.arm(holder, claimant('tsk_1'));
    const moved = { ...holder, settings: { ...holder.settings, url: 'https://elsewhere.example/mcp' } };
    const armed = await credentials.arm(moved, claimant('tsk_1'));
    expect(armed.headers.authorization).toBe('Bearer token-number-2');
    await expect.poll(() => revoked).toEqual(['token-number-1']);
  });

  it('is replaced once the upstream has refused it, by one request for all', async () => {
    const armed = await credentials.arm(holder, claimant('tsk_1'));
    const renewed = await Promise.all([1, 2, 3].map(() => armed.renew(undefined)));
    expect(issued).toBe(2);
    for (const one of renewed) {
      expect(one?.headers.authorization).toBe('Bearer token-number-2');
      expect(one?.values).toEqual(['token-number-2']);
    }
  });

  it.each([
    [
      'an error',
      () => Response.json({ error: 'invalid_client' }, { status: 401 }),
      'upstream.credential_unavailable',
    ],
    ['a page', () => new Response('<html>', { headers: { 'content-type': 'text/html' } }), 'upstream.lied'],
    ['no token', () => Response.json({ token_type: 'Bearer' }), 'upstream.lied'],
    ['another type', () => giveToken(1, { token_type: 'mac' }), 'upstream.lied'],
    [
      'a token with a line break',
      () => giveToken(1, { access_token: 'token\r\nx-evil: 1' }),
      'upstream.lied',
    ],
    ['a token that is over', () => giveToken(1, { expires_in: 0 }), 'upstream.credential_unavailable'],
    ['a negative life', () => giveToken(1, { expires_in: -5 }), 'upstream.lied'],
  ])('is refused for %s, and asked for again by the next call', async (_, answer, wanted) => {
    answerToken = answer;
    const refused = await credentials.arm(holder, claimant('tsk_1')).catch((thrown: unknown) => thrown);
    expect(refused).toEqual(code(wanted));
    // Nothing of what the issuer said is kept, however deep.
    expect(inspect(refused, { depth: 20 })).not.toContain('token-number');
    answerToken = giveToken;
    expect((await credentials.arm(holder, claimant('tsk_1'))).headers.authorization).toBeDefined();
  });

  it('is not sent when it cannot be recorded', async () => {
    await credentials.close();
    const append = () => Promise.reject(new AppError('ledger.unavailable'));
    open({ ...held.store, append });
    await expect(credentials.arm(holder, claimant('tsk_1'))).rejects.toEqual(code('ledger.unavailable'));
  });
});
