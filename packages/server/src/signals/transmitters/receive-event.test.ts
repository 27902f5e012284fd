import { createHmac, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { createTestHouse, personId, type TestHouse } from '../../tasks/create-test-house.ts';
import { openTestSignals, type TestSignals } from '../open-test-signals.ts';
import { applyDueEvents, forgetReceived } from './apply-event.ts';
import { listTransmitters } from './list-transmitters.ts';
import { receiveEvent } from './receive-event.ts';

const idp = 'https://idp.example.com/3456789/';
const caep = 'https://schemas.openid.net/secevent/caep/event-type/';
const risc = 'https://schemas.openid.net/secevent/risc/event-type/';
/** When the examples of CAEP 1.0 were issued. */
const issuedAt = 1_615_305_159;
const owner = personId('owner');
const token = 'a-secret-of-sixteen-and-more';

let key: KeyObject;
let publicPem: string;
let folder: string;
let stored: TestStore;
let house: TestHouse;
let signals: TestSignals;

beforeAll(() => {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  key = pair.privateKey;
  publicPem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signals-'));
  const jwk = { ...jwkOf(key), kid: 'one', use: 'sig', alg: 'RS256' };
  await writeFile(join(folder, 'keys.json'), JSON.stringify({ keys: [jwk] }));
  await writeFile(join(folder, 'token'), `${token}\n`);
  const shared = { issuer: idp, keysFile: join(folder, 'keys.json'), pollSeconds: 15 };
  const pushes = { ...shared, pushTokenFile: join(folder, 'token') };
  stored = await openTestStore();
  house = await createTestHouse(stored.store, issuedAt * 1000);
  signals = await openTestSignals(house.context, {
    transmitters: [
      { ...pushes, name: 'idp', audience: 'https://sp.example2.net/caep', emailDomains: ['example.com'] },
      {
        ...pushes,
        name: 'narrow',
        audience: 'https://narrow.example',
        emailDomains: [],
        events: ['session-revoked'],
      },
    ],
  });
  const { sql } = signals.context.store;
  const seen = { linked_at: 0, last_seen_at: 0 };
  await sql
    .insertInto('person_identities')
    .values({ issuer: idp, subject: 'jane.smith@example.com', person_id: owner, ...seen })
    .execute();
  await sql.updateTable('people').set({ email: 'jane@example.com' }).where('id', '=', owner).execute();
});
afterEach(async () => {
  await stored.remove();
  await rm(folder, { recursive: true });
});

function jwkOf(of: KeyObject): object {
  const { n, e, kty } = of.export({ format: 'jwk' });
  return { n, e, kty };
}

/** As in the examples of the specifications. */
const claimsOf = (event: string, payload: object = {}, change: object = {}): Record<string, unknown> => ({
  iss: idp,
  jti: randomUUID(),
  iat: issuedAt,
  aud: 'https://sp.example2.net/caep',
  txn: '8675309',
  sub_id: { format: 'iss_sub', iss: idp, sub: 'jane.smith@example.com' },
  events: { [event]: { event_timestamp: 1_615_304_991, ...payload } },
  ...change,
});

const sign = (claims: Record<string, unknown>, header: object = {}, by: KeyObject = key): Promise<string> =>
  new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256', typ: 'secevent+jwt', kid: 'one', ...header })
    .sign(by);

async function push(
  set: string,
  options: { name?: string; shown?: string; type?: string } = {},
): Promise<unknown> {
  const { name = 'idp', shown = token, type = 'application/secevent+jwt' } = options;
  const answer = await signals.ask('POST', `/ssf/receive/${name}`, {
    token: shown,
    headers: { 'content-type': type },
    body: set,
  });
  if (answer.status === 202) return answer.status;
  const body = (await answer.json()) as { err?: string };
  return body.err ?? answer.status;
}

const send = async (event: string, payload: object = {}, change: object = {}) =>
  push(await sign(claimsOf(event, payload, change)));

const outcomes = async (): Promise<Readonly<Record<string, number>>> =>
  (await listTransmitters(signals.context, house.admin))[0]?.events ?? {};

const riskOf = (id = owner) => signals.context.risk.of(id);
const person = () =>
  signals.context.store.sql.selectFrom('people').select('state').where('id', '=', owner).executeTakeFirst();

async function openSession(): Promise<void> {
  const times = { created_at: 0, verified_at: 0, expires_at: (issuedAt + 9999) * 1000, ended_at: null };
  const row = { id: 'ses_1', secret_digest: 'x', person_id: owner, ...times };
  await signals.context.store.sql.insertInto('sessions').values(row).execute();
}

const openSessions = async () =>
  (
    await signals.context.store.sql
      .selectFrom('sessions')
      .select('id')
      .where('ended_at', 'is', null)
      .execute()
  ).length;

describe('the examples of CAEP and RISC', () => {
  it('end the sessions of the user of a session that was revoked', async () => {
    await openSession();
    const complex = {
      format: 'complex',
      session: { format: 'opaque', id: 'dMTlD|1600802906337.16|16008.16' },
      user: { format: 'iss_sub', iss: idp, sub: 'jane.smith@example.com' },
      tenant: { format: 'opaque', id: '123456789' },
    };
    const payload = {
      initiating_entity: 'policy',
      reason_admin: { en: 'Landspeed Policy Violation: C076E82F' },
      reason_user: { en: 'Access attempt from multiple regions.' },
    };
    expect(await send(`${caep}session-revoked`, payload, { sub_id: complex })).toBe(202);
    expect(await openSessions()).toBe(0);
    expect((await person())?.state).toBe('active');
    expect(JSON.stringify(house.records)).not.toContain('Landspeed');
  });

  it('raise the risk for a credential that was changed', async () => {
    const payload = {
      ...{
        credential_type: 'fido2-roaming',
        change_type: 'create',
        friendly_name: "Jane's USB authenticator",
      },
      ...{ fido2_aaguid: 'accced6a-63f5-490a-9eea-e59bc1896cfc', initiating_entity: 'user' },
    };
    expect(await send(`${caep}credential-change`, payload)).toBe(202);
    expect(riskOf()).toBe('medium');
    const [changed] = house.ofKind('signal.risk_changed');
    const [received] = house.ofKind('signal.received');
    expect(changed).toMatchObject({ person: owner, causes: [received?.id] });
    expect(changed?.body).toMatchObject({ source: 'idp/credential-change', before: 'low', now: 'medium' });
    house.advance(24 * 3_600_000);
    expect(riskOf()).toBe('low');
  });

  it.each([
    [
      'assurance-level-change',
      { change_direction: 'decrease', namespace: 'NIST-AAL', current_level: 'nist-aal1' },
      'medium',
    ],
    ['device-compliance-change', { current_status: 'not-compliant', previous_status: 'compliant' }, 'medium'],
    ['risk-level-change', { principal: 'USER', current_level: 'HIGH', previous_level: 'LOW' }, 'high'],
    ['risk-level-change', { principal: 'USER', current_level: 'MEDIUM' }, 'medium'],
  ])('raise the risk for %s with %o', async (event, payload, level) => {
    expect(await send(caep + event, payload)).toBe(202);
    expect(riskOf()).toBe(level);
  });

  it('lower it when the same source says so', async () => {
    await send(`${caep}device-compliance-change`, { current_status: 'not-compliant' });
    await send(`${caep}risk-level-change`, { principal: 'USER', current_level: 'HIGH' });
    await send(`${caep}risk-level-change`, { principal: 'USER', current_level: 'LOW' });
    expect(riskOf()).toBe('medium');
    await send(`${caep}device-compliance-change`, { current_status: 'compliant' });
    expect(riskOf()).toBe('low');
    const told = await signals.context.store.sql
      .selectFrom('security_events')
      .select(['kind', 'facts'])
      .execute();
    expect(told.map(({ facts }) => JSON.parse(facts).current_level)).toEqual([
      'MEDIUM',
      'HIGH',
      'MEDIUM',
      'LOW',
    ]);
  });

  it('make a person leave whose account was disabled, and return when it is enabled', async () => {
    const agent = await house.makeAgent('bot');
    expect(await send(`${risc}account-disabled`, { reason: 'hijacking' })).toBe(202);
    expect((await person())?.state).toBe('suspended');
    expect((await signals.context.agents.get(agent.id)).state).toBe('orphaned');
    expect(await send(`${risc}account-enabled`)).toBe(202);
    expect((await person())?.state).not.toBe('suspended');
    expect((await signals.context.agents.get(agent.id)).state).toBe('orphaned');
  });

  it('suspend an agent that they are about', async () => {
    const agent = await house.makeAgent('bot');
    const sub_id = { format: 'iss_sub', iss: 'https://house.example', sub: agent.id };
    expect(await send(`${caep}session-revoked`, {}, { sub_id })).toBe(202);
    expect((await signals.context.agents.get(agent.id)).state).toBe('suspended');
    expect(await send(`${risc}credential-compromise`, {}, { sub_id })).toBe(202);
    expect(await outcomes()).toEqual({ done: 2 });
  });

  it('suspend an agent that could act soon', async () => {
    const agent = await house.makeAgent('bot');
    const { sql } = signals.context.store;
    await sql.updateTable('agents').set({ state: 'registered' }).where('id', '=', agent.id).execute();
    signals.context.agents.forget(agent.id);
    const sub_id = { format: 'iss_sub', iss: 'https://house.example', sub: agent.id };
    expect(await send(`${risc}account-disabled`, {}, { sub_id })).toBe(202);
    expect((await signals.context.agents.get(agent.id)).state).toBe('suspended');
  });

  it('find a person by an address of a domain that the transmitter speaks for', async () => {
    const by = (email: string) =>
      send(`${risc}credential-compromise`, {}, { sub_id: { format: 'email', email } });
    await signals.context.store.sql
      .updateTable('people')
      .set({ email: 'root@house.example' })
      .where('id', '=', personId('admin'))
      .execute();
    expect([await by('root@house.example'), await by('jane@example.com@house.example')]).toEqual([202, 202]);
    expect([riskOf(personId('admin')), riskOf()]).toEqual(['low', 'low']);
    expect(await by('Jane@Example.com')).toBe(202);
    expect(riskOf()).toBe('high');
    expect(await outcomes()).toEqual({ done: 1, subject_unknown: 2 });
  });
});

describe('an event is taken, and changes nothing,', () => {
  it('when it came before, also after a restart', async () => {
    const set = await sign(claimsOf(`${risc}credential-compromise`));
    expect(await push(set)).toBe(202);
    await signals.context.store.sql.deleteFrom('person_risks').execute();
    signals.context.risk.lift(owner);
    expect(await push(set)).toBe(202);
    expect(riskOf()).toBe('low');
    expect(house.ofKind('signal.received')).toHaveLength(1);
    house.advance(30 * 86_400_000);
    await forgetReceived(signals.context);
    expect(await push(set)).toBe('invalid_request');
  });

  it('when nobody here is meant, it is not believed or asks for nothing', async () => {
    const foreign = { format: 'iss_sub', iss: 'https://else.example', sub: 'jane.smith@example.com' };
    expect(await send(`${caep}session-revoked`, {}, { sub_id: foreign })).toBe(202);
    expect(await send(`${caep}session-revoked`, {}, { sub_id: { format: 'did', url: 'did:x' } })).toBe(202);
    expect(await send(`${caep}token-claims-change`, { claims: { role: 'ro-admin' } })).toBe(202);
    expect(await send('urn:unknown:event')).toBe(202);
    const set = await sign(claimsOf(`${risc}account-disabled`, {}, { aud: 'https://narrow.example' }));
    expect(await push(set, { name: 'narrow' })).toBe(202);
    expect((await person())?.state).toBe('active');
    const ignored = house.ofKind('signal.received').map(({ body }) => body.ignored);
    expect(ignored).toEqual([
      'subject_unknown',
      'subject_unknown',
      'nothing_asked',
      'nothing_asked',
      'not_believed',
    ]);
  });

  it('once, and later, when its effect failed', async () => {
    const { context } = signals;
    const failing = {
      ...context.risk,
      raise: () => {
        throw new Error('not now');
      },
    };
    const broken = { ...context, risk: failing };
    const transmitter = context.transmitters.get('idp');
    if (transmitter === undefined) throw new Error('it is configured');
    await receiveEvent(broken, transmitter, await sign(claimsOf(`${risc}credential-compromise`)));
    expect([riskOf(), await outcomes()]).toEqual(['low', { 'server.internal': 1 }]);
    house.advance(60_000);
    await applyDueEvents(context);
    expect([riskOf(), await outcomes()]).toEqual(['high', { done: 1 }]);
  });
});

describe('what takes something back', () => {
  const complex = (device: string) => ({
    format: 'complex',
    user: { format: 'iss_sub', iss: idp, sub: 'jane.smith@example.com' },
    device: { format: 'opaque', id: device },
  });
  const statusOf = (current_status: string, device: string) =>
    send(`${caep}device-compliance-change`, { current_status }, { sub_id: complex(device) });

  /** As after a crash: it is kept, and nothing was done about it. */
  async function interrupt(event: string, payload: object = {}, change: object = {}): Promise<void> {
    const { context } = signals;
    const transmitter = context.transmitters.get('idp');
    if (transmitter === undefined) throw new Error('it is configured');
    const transaction: typeof context.store.transaction = (work) => {
      calls += 1;
      return calls === 1 ? context.store.transaction(work) : Promise.reject(new Error('not now'));
    };
    let calls = 0;
    const store: typeof context.store = Object.create(context.store, { transaction: { value: transaction } });
    await receiveEvent({ ...context, store }, transmitter, await sign(claimsOf(event, payload, change)));
  }

  it.each([
    ['issued later', issuedAt + 1],
    ['issued in the same second', issuedAt],
  ])('is superseded by a leaving %s, and lets nobody back', async (_what, iat) => {
    await send(`${risc}account-disabled`);
    await interrupt(`${risc}account-enabled`);
    await send(`${risc}account-disabled`, {}, { iat });
    house.advance(60_000);
    await applyDueEvents(signals.context);
    expect((await person())?.state).toBe('suspended');
    expect(await outcomes()).toEqual({ done: 2, superseded: 1 });
  });

  it('counts by when it was issued, not by when it came', async () => {
    await send(`${risc}account-disabled`, {}, { iat: issuedAt + 1 });
    await send(`${risc}account-enabled`);
    expect((await person())?.state).toBe('suspended');
    await send(`${risc}account-enabled`, {}, { iat: issuedAt + 2 });
    expect((await person())?.state).not.toBe('suspended');
  });

  it('is superseded by a leaving that comes while it is given effect', async () => {
    await send(`${risc}account-disabled`);
    const { context } = signals;
    const { transaction } = context.store;
    let calls = 0;
    const store: typeof context.store = Object.create(context.store, {
      transaction: {
        value: async (work: Parameters<typeof transaction>[0]) => {
          calls += 1;
          if (calls === 2) await send(`${risc}account-disabled`, {}, { iat: issuedAt + 1 });
          return context.store.transaction(work);
        },
      },
    });
    const transmitter = context.transmitters.get('idp');
    if (transmitter === undefined) throw new Error('it is configured');
    await receiveEvent({ ...context, store }, transmitter, await sign(claimsOf(`${risc}account-enabled`)));
    expect((await person())?.state).toBe('suspended');
    expect(await outcomes()).toEqual({ done: 2, superseded: 1 });
  });

  it.each(['LOW', 'MEDIUM'])('of risk is superseded by what raises it: %s', async (current_level) => {
    await interrupt(`${caep}risk-level-change`, { principal: 'USER', current_level });
    await send(`${caep}risk-level-change`, { principal: 'USER', current_level: 'HIGH' });
    house.advance(60_000);
    await applyDueEvents(signals.context);
    expect(riskOf()).toBe('high');
    expect(await outcomes()).toEqual({ done: 1, superseded: 1 });
  });

  it('is the word of the same transmitter alone', async () => {
    const second = signals.context.transmitters.get('narrow');
    if (second === undefined) throw new Error('it is configured');
    const { events: _all, ...config } = second.config;
    const say = async (event: string) => {
      const set = await sign(claimsOf(`${risc}${event}`, {}, { aud: config.audience }));
      await receiveEvent(signals.context, { ...second, config }, set);
    };
    const transmitters = new Map([...signals.context.transmitters, ['narrow', { ...second, config }]]);
    Object.assign(signals.context, { transmitters });
    await send(`${risc}account-disabled`);
    await say('account-enabled');
    expect((await person())?.state).toBe('suspended');
    await say('account-disabled');
    await send(`${risc}account-enabled`);
    expect((await person())?.state).toBe('suspended');
    await say('account-enabled');
    expect((await person())?.state).not.toBe('suspended');
    const sources = house.ofKind('person.returned').map(({ body }) => [body.source, body.stillLeft]);
    expect(sources).toEqual([
      ['signal/idp', ['signal/narrow']],
      ['signal/narrow', []],
    ]);
  });

  it('is about the same device, or the same principal', async () => {
    await statusOf('not-compliant', 'bad');
    await statusOf('compliant', 'good');
    expect(riskOf()).toBe('medium');
    await statusOf('compliant', 'bad');
    expect(riskOf()).toBe('low');
    const level = (principal: string, current_level: string) =>
      send(`${caep}risk-level-change`, { principal, current_level });
    await level('USER', 'HIGH');
    await level('DEVICE', 'LOW');
    expect(riskOf()).toBe('high');
    await level('USER', 'LOW');
    expect(riskOf()).toBe('low');
  });
});

describe('an event is refused', () => {
  it('without the token that its transmitter has to show, whoever it says it is', async () => {
    const set = await sign(claimsOf(`${caep}session-revoked`));
    for (const options of [{ shown: 'another-secret-of-some-length' }, { shown: 'x' }, { name: 'nobody' }])
      expect(await push(set, options)).toBe('authentication_failed');
    expect(await push(set, { type: 'application/json' })).toBe('invalid_request');
  });

  it('when it is forged', async () => {
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const claims = claimsOf(`${risc}account-disabled`);
    expect(await push(await sign(claims, {}, other))).toBe('invalid_key');
    expect(await push(await sign(claims, { kid: 'two' }, other))).toBe('invalid_key');
    // Keys that come with it are not looked at.
    expect(await push(await sign(claims, { jwk: jwkOf(other) }, other))).toBe('invalid_key');
    expect(await push(await sign(claims, { jku: 'https://evil.example/keys' }, other))).toBe('invalid_key');
    const set = await sign(claims);
    const [header = '', payload = '', signature = ''] = set.split('.');
    const changed = Buffer.from(JSON.stringify({ ...claims, jti: 'other' })).toString('base64url');
    expect(await push(`${header}.${changed}.${signature}`)).toBe('invalid_key');
    const none = Buffer.from('{"alg":"none","typ":"secevent+jwt"}').toString('base64url');
    expect(await push(`${none}.${payload}.`)).toMatch(/^invalid_(key|request)$/);
    // The public key as a secret (RFC 8725 §2.1).
    const hs = Buffer.from('{"alg":"HS256","typ":"secevent+jwt","kid":"one"}').toString('base64url');
    const mac = createHmac('sha256', publicPem).update(`${hs}.${payload}`).digest('base64url');
    expect(await push(`${hs}.${payload}.${mac}`)).toBe('invalid_key');
    expect((await person())?.state).toBe('active');
  });

  it('when it is for somebody else, or of somebody else', async () => {
    expect(await send(`${caep}session-revoked`, {}, { aud: 'https://narrow.example' })).toBe(
      'invalid_audience',
    );
    expect(await send(`${caep}session-revoked`, {}, { aud: [] })).toBe('invalid_audience');
    expect(await send(`${caep}session-revoked`, {}, { iss: 'https://idp.example.com' })).toBe(
      'invalid_issuer',
    );
    const audiences = ['https://other.example', 'https://sp.example2.net/caep'];
    expect(await send(`${caep}session-revoked`, {}, { aud: audiences })).toBe(202);
  });

  it.each([
    ['a token of another kind', {}, { typ: 'JWT' }],
    ['an access token', {}, { typ: 'at+jwt' }],
    ['a subject as in a login', { sub: 'jane' }, {}],
    ['an expiry', { exp: issuedAt + 60 }, {}],
    ['no id', { jti: undefined }, {}],
    ['an id that is no text', { jti: 7 }, {}],
    ['an id that cannot be shown', { jti: 'a\nb' }, {}],
    ['no time', { iat: undefined }, {}],
    ['a time that is to come', { iat: issuedAt + 120 }, {}],
    ['a time long ago', { iat: issuedAt - 8 * 86_400 }, {}],
    ['no events', { events: undefined }, {}],
    ['no event', { events: {} }, {}],
    ['two events', { events: { [`${caep}session-revoked`]: {}, [`${risc}account-disabled`]: {} } }, {}],
    ['an event without a payload', { events: { [`${caep}session-revoked`]: 'x' } }, {}],
    ['a device that has no canonical form', { sub_id: { format: 'complex', device: '\ud800' } }, {}],
    ['no subject', { sub_id: undefined }, {}],
    ['a list of subjects', { sub_id: [] }, {}],
    ['a risk that is none', { events: { [`${caep}risk-level-change`]: { current_level: 'SEVERE' } } }, {}],
    [
      'a risk that a prototype has',
      { events: { [`${caep}risk-level-change`]: { current_level: 'constructor' } } },
      {},
    ],
    ['a change that is none', { events: { [`${caep}credential-change`]: {} } }, {}],
    ['far too much of it', { padding: 'x'.repeat(70_000) }, {}],
  ])('with %s', async (_what, change, header) => {
    const set = await sign(claimsOf(`${caep}session-revoked`, {}, change), header);
    expect(await push(set)).toBe('invalid_request');
    expect(house.ofKind('signal.received')).toEqual([]);
  });

  it('but forgiven what two clocks differ', async () => {
    expect(await send(`${caep}session-revoked`, {}, { iat: issuedAt + 59 })).toBe(202);
  });

  it('for now when its keys cannot be had', async () => {
    await rm(join(folder, 'keys.json'));
    expect(await send(`${caep}session-revoked`)).toBe(503);
  });
});
