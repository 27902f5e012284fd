import {
  createLocalJWKSet,
  decodeProtectedHeader,
  type JSONWebKeySet,
  type JWTPayload,
  jwtVerify,
} from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { createTestHouse, personId, type TestHouse } from '../../tasks/create-test-house.ts';
import { openTestSignals, type TestSignals } from '../open-test-signals.ts';
import { noteSecurityEvent, type SecurityEvent } from '../security-event.ts';
import { type AddedReceiver, addReceiver, removeReceiver } from './change-receivers.ts';
import { distributeEvents } from './distribute-events.ts';
import { pollMethod, pushMethod } from './stream.ts';

const owner = personId('owner');
const neighbour = personId('neighbour');
const revoked = 'https://schemas.openid.net/secevent/caep/event-type/session-revoked';
const disabled = 'https://schemas.openid.net/secevent/risc/event-type/account-disabled';

let stored: TestStore;
let house: TestHouse;
let signals: TestSignals;

beforeEach(async () => {
  stored = await openTestStore();
  house = await createTestHouse(stored.store);
  signals = await openTestSignals(house.context, { queueEvents: 10 });
});
afterEach(() => stored.remove());

const add = (given: Partial<Parameters<typeof addReceiver>[2]> = {}): Promise<AddedReceiver> =>
  addReceiver(signals.context, house.admin, {
    name: 'siem',
    audience: 'https://siem.example',
    ...given,
  });

async function note(event: Partial<SecurityEvent> = {}): Promise<void> {
  const { context } = signals;
  await context.store.transaction((tx) =>
    noteSecurityEvent(context, tx, {
      ...{ kind: 'session-revoked', about: { person: owner }, reason: 'ended', record: 'rec_1' },
      ...event,
    }),
  );
}

async function makeStream(token: string, body: object = {}): Promise<string> {
  const answer = await signals.ask('POST', '/ssf/streams', { token, body });
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { stream_id: string }).stream_id;
}

async function poll(token: string, streamId: string, body: object = {}) {
  const answer = await signals.ask('POST', `/ssf/poll/${streamId}`, {
    token,
    body: { returnImmediately: true, ...body },
  });
  expect(answer.status).toBe(200);
  return (await answer.json()) as { sets: Record<string, string>; moreAvailable: boolean };
}

/** As a receiver that knows nothing but the transmitter's address. */
async function verify(set: string): Promise<JWTPayload> {
  const discovered = (await (await signals.ask('GET', '/.well-known/ssf-configuration')).json()) as {
    issuer: string;
    jwks_uri: string;
  };
  const path = new URL(discovered.jwks_uri).pathname;
  const keys = (await (await signals.ask('GET', path)).json()) as JSONWebKeySet;
  const { payload } = await jwtVerify(set, createLocalJWKSet(keys), {
    issuer: discovered.issuer,
    audience: 'https://siem.example',
    typ: 'secevent+jwt',
    algorithms: ['RS256'],
    currentDate: new Date(house.now()),
  });
  return payload;
}

describe('a stream', () => {
  it('is made, read, changed, replaced and deleted by its receiver alone', async () => {
    const { token } = await add();
    const other = await add({ name: 'other', audience: 'https://other.example' });
    const made = await signals.ask('POST', '/ssf/streams', {
      token,
      body: { events_requested: [revoked, 'urn:unknown'], description: 'all of it' },
    });
    expect(made.status).toBe(201);
    const stream = (await made.json()) as Record<string, unknown>;
    expect(stream).toMatchObject({
      iss: 'https://house.example',
      aud: 'https://siem.example',
      delivery: { method: pollMethod, endpoint_url: `https://house.example/ssf/poll/${stream.stream_id}` },
      events_requested: [revoked, 'urn:unknown'],
      events_delivered: [revoked],
      description: 'all of it',
    });
    const id = String(stream.stream_id);
    expect(await (await signals.ask('GET', '/ssf/streams', { token })).json()).toEqual([stream]);
    expect(await (await signals.ask('GET', '/ssf/streams', { token: other.token })).json()).toEqual([]);
    for (const [method, path, body] of [
      ['GET', `/ssf/streams?stream_id=${id}`, undefined],
      ['PATCH', '/ssf/streams', { stream_id: id }],
      ['PUT', '/ssf/streams', { stream_id: id }],
      ['DELETE', `/ssf/streams?stream_id=${id}`, undefined],
      ['GET', `/ssf/status?stream_id=${id}`, undefined],
      ['POST', '/ssf/status', { stream_id: id, status: 'disabled' }],
      ['POST', '/ssf/verification', { stream_id: id }],
      ['POST', '/ssf/subjects/add', { stream_id: id, subject: { format: 'opaque', id: owner } }],
      ['POST', `/ssf/poll/${id}`, {}],
    ] as const) {
      const answer = await signals.ask(method, path, { token: other.token, ...(body && { body }) });
      expect([method, path, answer.status]).toEqual([method, path, 404]);
    }
    const patched = await signals.ask('PATCH', '/ssf/streams', {
      token,
      body: { ...stream, events_requested: [disabled] },
    });
    expect(await patched.json()).toMatchObject({ events_delivered: [disabled], description: 'all of it' });
    const replaced = (await (
      await signals.ask('PUT', '/ssf/streams', { token, body: { stream_id: id } })
    ).json()) as object;
    expect(replaced).not.toHaveProperty('description');
    expect(replaced).toMatchObject({ events_delivered: stream.events_supported });
    const moved = { ...stream, aud: 'https://else.example' };
    expect((await signals.ask('PATCH', '/ssf/streams', { token, body: moved })).status).toBe(400);
    expect((await signals.ask('DELETE', `/ssf/streams?stream_id=${id}`, { token })).status).toBe(204);
    expect((await signals.ask('DELETE', `/ssf/streams?stream_id=${id}`, { token })).status).toBe(404);
  });

  it('is for those with a token of a receiver, and no scope is exceeded', async () => {
    const { id, token } = await add({ scope: 'ssf.read' });
    const forged = `${token.slice(0, -1)}${token.endsWith('B') ? 'C' : 'B'}`;
    for (const shown of [undefined, 'x', forged, `${token} ${token}`]) {
      const answer = await signals.ask('GET', '/ssf/streams', shown === undefined ? {} : { token: shown });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
    }
    expect((await signals.ask('GET', '/ssf/streams', { token })).status).toBe(200);
    expect((await signals.ask('POST', '/ssf/streams', { token, body: {} })).status).toBe(403);
    expect((await signals.ask('GET', `/ssf/streams?access_token=${token}`)).status).toBe(401);
    await removeReceiver(signals.context, house.admin, { id });
    expect((await signals.ask('GET', '/ssf/streams', { token })).status).toBe(401);
  });

  it('refuses addresses that lead inside, and bodies that make no sense', async () => {
    const { token } = await add();
    const push = (endpoint_url: string) => ({ delivery: { method: pushMethod, endpoint_url } });
    for (const url of [
      'http://receiver.example/events',
      'https://127.0.0.1/events',
      'https://169.254.169.254/latest',
      'https://[::1]/',
      'https://user:pass@receiver.example/',
      'file:///etc/passwd',
      'https://receiver.example/#part',
    ]) {
      const answer = await signals.ask('POST', '/ssf/streams', { token, body: push(url) });
      expect([url, answer.status]).toEqual([url, 400]);
      expect(await answer.json()).toMatchObject({ code: 'signal.endpoint_refused' });
    }
    for (const body of ['{', '[]', '"x"', { delivery: { method: 'urn:other' } }, { events_requested: 'x' }]) {
      expect((await signals.ask('POST', '/ssf/streams', { token, body })).status).toBe(400);
    }
    const header = {
      ...push('https://receiver.example/').delivery,
      authorization_header: 'Bearer a\r\nx: y',
    };
    expect((await signals.ask('POST', '/ssf/streams', { token, body: { delivery: header } })).status).toBe(
      400,
    );
    for (let made = 0; made < 4; made += 1) await makeStream(token);
    expect((await signals.ask('POST', '/ssf/streams', { token, body: {} })).status).toBe(409);
  });
});

describe('an event', () => {
  it('is signed so that somebody who knows the standards alone can verify it', async () => {
    const { token } = await add();
    const streamId = await makeStream(token);
    const subject = { format: 'opaque', id: owner };
    await signals.ask('POST', '/ssf/subjects/add', { token, body: { stream_id: streamId, subject } });
    await note({ reason: 'left the company' });
    await distributeEvents(signals.context);
    const { sets } = await poll(token, streamId);
    const [[jti = '', set = ''] = []] = Object.entries(sets);
    expect(decodeProtectedHeader(set)).toMatchObject({ alg: 'RS256', typ: 'secevent+jwt' });
    const claims = await verify(set);
    expect(claims).toEqual({
      iss: 'https://house.example',
      aud: 'https://siem.example',
      jti,
      iat: house.now() / 1000,
      txn: 'rec_1',
      sub_id: subject,
      events: {
        [revoked]: { event_timestamp: house.now() / 1000, reason_admin: { en: 'left the company' } },
      },
    });
  });

  it('reaches those alone who were given its subject, and who asked for its kind', async () => {
    const given = await add({ subjects: [owner] });
    const all = await add({ name: 'all', audience: 'https://siem.example', everybody: true });
    const [few, many] = [
      await makeStream(given.token, { events_requested: [disabled] }),
      await makeStream(all.token),
    ];
    const say = (token: string, stream_id: string, id: string, how: 'add' | 'remove') =>
      signals.ask('POST', `/ssf/subjects/${how}`, {
        token,
        body: { stream_id, subject: { format: 'opaque', id } },
      });
    expect((await say(given.token, few, owner, 'add')).status).toBe(200);
    const refused = await say(given.token, few, neighbour, 'add');
    const unknown = await say(given.token, few, 'per_00000000000000000000000099', 'add');
    expect([refused.status, unknown.status]).toEqual([404, 404]);
    expect(await refused.json()).toEqual(await unknown.json());
    expect((await say(all.token, many, neighbour, 'remove')).status).toBe(204);
    await note();
    await note({ kind: 'account-disabled' });
    await note({ about: { person: neighbour } });
    await distributeEvents(signals.context);
    expect(Object.keys((await poll(given.token, few)).sets)).toHaveLength(1);
    const told = await poll(all.token, many);
    const claims = await Promise.all(Object.values(told.sets).map(verify));
    const about = { format: 'iss_sub', iss: 'https://house.example', sub: owner };
    expect(claims.map((one) => [Object.keys(one.events ?? {}), one.sub_id])).toEqual([
      [[revoked], about],
      [[disabled], about],
    ]);
    await say(all.token, many, neighbour, 'add');
    await note({ about: { person: neighbour } });
    await distributeEvents(signals.context);
    expect(Object.keys((await poll(all.token, many, { ack: Object.keys(told.sets) })).sets)).toHaveLength(1);
  });

  it('names a person as the receiver does', async () => {
    const { token } = await add();
    const { sql } = signals.context.store;
    await sql.updateTable('people').set({ email: 'Olga@House.example' }).where('id', '=', owner).execute();
    const streamId = await makeStream(token);
    const complex = { format: 'complex', user: { format: 'email', email: 'olga@house.example' } };
    const add_ = (subject: object) =>
      signals.ask('POST', '/ssf/subjects/add', { token, body: { stream_id: streamId, subject } });
    expect((await add_(complex)).status).toBe(200);
    await note();
    await distributeEvents(signals.context);
    const [set = ''] = Object.values((await poll(token, streamId)).sets);
    expect((await verify(set)).sub_id).toEqual(complex.user);
    for (const subject of [
      { format: 'phone_number', phone_number: '+1' },
      { format: 'email' },
      { format: 'complex', user: complex },
      { format: 'iss_sub', iss: 'https://else.example', sub: owner },
      [],
    ]) {
      expect((await add_(subject)).status).toBe(404);
    }
    // An address that two people have names neither.
    await sql
      .updateTable('people')
      .set({ email: 'olga@house.example' })
      .where('id', '=', neighbour)
      .execute();
    expect((await add_(complex)).status).toBe(404);
  });

  it('stays until it is acknowledged, in its order, and is not lost when the receiver refuses it', async () => {
    const { token } = await add({ everybody: true });
    const streamId = await makeStream(token);
    for (const record of ['rec_1', 'rec_2', 'rec_3']) await note({ record });
    await distributeEvents(signals.context);
    await distributeEvents(signals.context);
    const first = await poll(token, streamId, { maxEvents: 2 });
    expect(first.moreAvailable).toBe(true);
    const again = await poll(token, streamId);
    expect(again.moreAvailable).toBe(false);
    const txns = (await Promise.all(Object.values(again.sets).map(verify))).map(({ txn }) => txn);
    expect(txns).toEqual(['rec_1', 'rec_2', 'rec_3']);
    const [one = '', two = '', three = ''] = Object.keys(again.sets);
    const ack = [one, 'set_unknown'];
    const setErrs = { [two]: { err: 'invalid_request', description: '<script>' }, set_unknown: { err: 'x' } };
    expect(Object.keys((await poll(token, streamId, { ack, setErrs })).sets)).toEqual([three]);
    const [refused, ...others] = house.ofKind('signal.event_refused');
    expect(others).toEqual([]);
    expect(refused?.body).toMatchObject({ err: 'invalid_request', txn: 'rec_2' });
    expect(JSON.stringify(refused)).not.toContain('script');
    expect((await poll(token, streamId, { maxEvents: 0, ack: [three] })).sets).toEqual({});
    expect((await poll(token, streamId)).sets).toEqual({});
  });

  it('waits while the stream is paused, and is not kept while it is disabled', async () => {
    const { token } = await add({ everybody: true });
    const streamId = await makeStream(token);
    const set = async (status: string) => {
      const body = { stream_id: streamId, status };
      expect(await (await signals.ask('POST', '/ssf/status', { token, body })).json()).toEqual(body);
    };
    await set('paused');
    await note();
    await distributeEvents(signals.context);
    expect((await poll(token, streamId)).sets).toEqual({});
    await set('enabled');
    expect(Object.keys((await poll(token, streamId)).sets)).toHaveLength(1);
    await set('disabled');
    await note();
    await distributeEvents(signals.context);
    await set('enabled');
    expect((await poll(token, streamId)).sets).toEqual({});
  });

  it('of a full queue is lost aloud: the stream pauses and a record says how many', async () => {
    const { token } = await add({ everybody: true });
    const streamId = await makeStream(token);
    for (let made = 0; made < 13; made += 1) await note({ record: `rec_${made}` });
    await distributeEvents(signals.context);
    const [paused] = house.ofKind('signal.stream_paused');
    expect(paused?.body).toMatchObject({ reason: 'queue_full', lost: 3, stream: streamId });
    const status = await signals.ask('GET', `/ssf/status?stream_id=${streamId}`, { token });
    expect(await status.json()).toEqual({ stream_id: streamId, status: 'paused', reason: 'queue_full' });
    await signals.ask('POST', '/ssf/status', { token, body: { stream_id: streamId, status: 'enabled' } });
    const left = await Promise.all(Object.values((await poll(token, streamId)).sets).map(verify));
    expect([left.length, left[0]?.txn]).toEqual([11, 'rec_3']);
    expect(left.at(-1)).toMatchObject({
      sub_id: { format: 'opaque', id: streamId },
      events: {
        'https://schemas.openid.net/secevent/ssf/event-type/stream-updated': {
          status: 'paused',
          reason: 'queue_full',
        },
      },
    });
  });

  it('of verification carries the state, and is not asked for without end', async () => {
    const { token } = await add();
    const streamId = await makeStream(token, { events_requested: [] });
    const body = { stream_id: streamId, state: 'c2hhcmVk' };
    expect((await signals.ask('POST', '/ssf/verification', { token, body })).status).toBe(204);
    expect((await signals.ask('POST', '/ssf/verification', { token, body })).status).toBe(429);
    const [set = ''] = Object.values((await poll(token, streamId)).sets);
    expect(await verify(set)).toMatchObject({
      sub_id: { format: 'opaque', id: streamId },
      events: { 'https://schemas.openid.net/secevent/ssf/event-type/verification': { state: 'c2hhcmVk' } },
    });
    house.advance(10_000);
    expect((await signals.ask('POST', '/ssf/verification', { token, body })).status).toBe(204);
  });

  it('verifies after the key that signs was replaced', async () => {
    const { token } = await add({ everybody: true });
    const streamId = await makeStream(token);
    await note();
    await distributeEvents(signals.context);
    const [before = ''] = Object.values((await poll(token, streamId)).sets);
    await signals.context.events.rotate('per_admin');
    const [after = ''] = Object.values((await poll(token, streamId)).sets);
    expect(decodeProtectedHeader(after).kid).not.toBe(decodeProtectedHeader(before).kid);
    expect(await verify(after)).toEqual(await verify(before));
    house.advance(86_400_001);
    await expect(verify(before)).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
  });
});
