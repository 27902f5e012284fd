import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeJwt } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { createTestHouse, personId, type TestHouse } from '../../tasks/create-test-house.ts';
import { createEventKeys } from '../events/event-keys.ts';
import { openTestSignals, type TestSignals } from '../open-test-signals.ts';
import { noteSecurityEvent } from '../security-event.ts';
import { addReceiver } from './change-receivers.ts';
import { distributeEvents } from './distribute-events.ts';
import { resumeStream } from './list-streams.ts';
import { pushEvents } from './push-events.ts';
import { pushMethod } from './stream.ts';

interface Received {
  readonly txn: unknown;
  readonly jti: unknown;
  readonly headers: IncomingMessage['headers'];
}

let stored: TestStore;
let house: TestHouse;
let signals: TestSignals;
let server: Server;
let received: Received[];
let answer: (request: IncomingMessage) => { status: number; body?: string; location?: string };

beforeEach(async () => {
  stored = await openTestStore();
  house = await createTestHouse(stored.store);
  signals = await openTestSignals(house.context);
  received = [];
  answer = () => ({ status: 202 });
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { txn, jti } = decodeJwt(Buffer.concat(chunks).toString());
    const { status, body = '', location } = answer(request);
    received.push({ txn, jti, headers: request.headers });
    response.writeHead(status, location === undefined ? {} : { location }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await stored.remove();
});

async function makeStream(allowPrivate = true): Promise<string> {
  const { context } = signals;
  const settings = { audience: 'https://siem.example', everybody: true, allowPrivate };
  const { token } = await addReceiver(context, house.admin, { name: 'siem', ...settings });
  const { port } = server.address() as AddressInfo;
  const delivery = {
    method: pushMethod,
    endpoint_url: `http://127.0.0.1:${port}/in`,
    authorization_header: 'Bearer in',
  };
  const made = await signals.ask('POST', '/ssf/streams', { token, body: { delivery } });
  return ((await made.json()) as { stream_id: string }).stream_id;
}

async function note(...records: readonly string[]): Promise<void> {
  const { context } = signals;
  for (const record of records) {
    house.advance(1);
    const event = {
      kind: 'session-revoked',
      about: { person: personId('owner') },
      reason: 'ended',
      record,
    } as const;
    await context.store.transaction((tx) => noteSecurityEvent(context, tx, event));
  }
  await distributeEvents(context);
}

const txns = (): readonly unknown[] => received.map(({ txn }) => txn);

describe('what is pushed', () => {
  it('arrives in its order, once, with what the receiver wants to see', async () => {
    await makeStream();
    await note('rec_1', 'rec_2', 'rec_3');
    await pushEvents(signals.context);
    await pushEvents(signals.context);
    expect(txns()).toEqual(['rec_1', 'rec_2', 'rec_3']);
    expect(received[0]?.headers).toMatchObject({
      'content-type': 'application/secevent+jwt',
      authorization: 'Bearer in',
    });
  });

  it('waits for a receiver that is down, ever longer, and is not lost', async () => {
    const streamId = await makeStream();
    answer = () => ({ status: 503 });
    await note('rec_1', 'rec_2');
    let tries = 0;
    for (let seconds = 0; seconds < 120; seconds += 1) {
      const before = received.length;
      await pushEvents(signals.context);
      tries += received.length - before;
      house.advance(1_000);
    }
    expect(tries).toBeGreaterThan(4);
    expect(tries).toBeLessThan(12);
    expect(new Set(txns())).toEqual(new Set(['rec_1']));
    received.length = 0;
    answer = () => ({ status: 202 });
    house.advance(300_000);
    await pushEvents(signals.context);
    expect(txns()).toEqual(['rec_1', 'rec_2']);
    const row = await signals.context.store.sql
      .selectFrom('signal_streams')
      .select(['attempts', 'status'])
      .where('id', '=', streamId)
      .executeTakeFirstOrThrow();
    expect(row).toEqual({ attempts: 0, status: 'enabled' });
  });

  it('goes on when its receiver was down twice and then refuses once', async () => {
    const streamId = await makeStream();
    answer = () => ({ status: 503 });
    await note('rec_1');
    for (let tried = 0; tried < 3; tried += 1) {
      await pushEvents(signals.context);
      house.advance(60_000);
    }
    answer = () => ({ status: 400, body: '{"err":"invalid_key"}' });
    await pushEvents(signals.context);
    const row = await signals.context.store.sql
      .selectFrom('signal_streams')
      .select(['attempts', 'refusals', 'status'])
      .where('id', '=', streamId)
      .executeTakeFirstOrThrow();
    expect(row).toEqual({ attempts: 4, refusals: 1, status: 'enabled' });
  });

  it('reaches every stream in turn, however much waits for others', async () => {
    const { context } = signals;
    await makeStream();
    const { sql } = context.store;
    const row = await sql.selectFrom('signal_streams').selectAll().executeTakeFirstOrThrow();
    for (let made = 0; made < 16; made += 1)
      await sql
        .insertInto('signal_streams')
        .values({ ...row, id: `evs_0${made}`, sealed_authorization: null })
        .execute();
    await note('rec_1', 'rec_2');
    const waits = async () =>
      (await sql.selectFrom('signal_queue').select('stream_id').distinct().execute()).length;
    // One event a slice: each receiver is slow.
    const platform = { ...context.platform };
    const now = (): number => {
      house.advance(3_000);
      return house.now();
    };
    const advancing = { ...context, platform: { ...platform, now } };
    await pushEvents(advancing);
    await pushEvents(advancing);
    const served = await sql.selectFrom('signal_streams').select('id').where('tried_at', '>', 0).execute();
    expect(served).toHaveLength(17);
    expect(await waits()).toBeLessThan(17);
  });

  it('is kept when the receiver refuses it, and the stream pauses aloud', async () => {
    const streamId = await makeStream();
    answer = () => ({ status: 400, body: '{"err":"invalid_key","description":"<b>who are you</b>"}' });
    await note('rec_1');
    for (let tried = 0; tried < 5; tried += 1) {
      await pushEvents(signals.context);
      house.advance(60_000);
    }
    expect(received).toHaveLength(3);
    const [paused] = house.ofKind('signal.stream_paused');
    expect(paused?.body).toMatchObject({
      stream: streamId,
      reason: 'refused_by_receiver',
      err: 'invalid_key',
    });
    expect(JSON.stringify(house.records)).not.toContain('who are you');
    answer = () => ({ status: 202 });
    await resumeStream(signals.context, house.admin, { id: streamId });
    received.length = 0;
    await pushEvents(signals.context);
    // Then it is told that it was paused, and that it goes on.
    expect(txns()).toEqual(['rec_1', streamId, streamId]);
  });

  it('follows no redirect, and reaches no private address that nobody allowed', async () => {
    await makeStream();
    answer = () => ({ status: 302, location: '/elsewhere' });
    await note('rec_1');
    await pushEvents(signals.context);
    expect(received).toHaveLength(1);
    const { sql } = signals.context.store;
    const [row] = await sql.selectFrom('signal_streams').select('settings').execute();
    const settings = JSON.parse(row?.settings ?? '');
    const elsewhere = {
      ...settings,
      delivery: { ...settings.delivery, endpointUrl: 'https://receiver.example/' },
    };
    await sql
      .updateTable('signal_streams')
      .set({ settings: JSON.stringify(elsewhere) })
      .execute();
    house.advance(300_000);
    // A name that resolves to a private address when it is connected to.
    await pushEvents(signals.context, (_host, _options, done) =>
      done(null, [{ address: '169.254.169.254', family: 4 }]),
    );
    expect(received).toHaveLength(1);
  });

  it('comes again with the same jti after a crash between delivery and note, and nothing is lost', async () => {
    await makeStream();
    await note('rec_1', 'rec_2', 'rec_3');
    // What follows a delivery is not written: the process has died.
    const dying = Object.create(signals.context.store, {
      sql: { value: new Proxy(signals.context.store.sql, { get: refuseDeleting }) },
    });
    await expect(pushEvents({ ...signals.context, store: dying })).rejects.toThrow('the process has died');
    expect(txns()).toEqual(['rec_1']);
    const store = await stored.reopen();
    const { platform, masterKey } = signals.context;
    const events = createEventKeys({ store, platform, masterKey });
    await pushEvents({ ...signals.context, store, events });
    expect(txns()).toEqual(['rec_1', 'rec_1', 'rec_2', 'rec_3']);
    expect(received[0]?.jti).toBe(received[1]?.jti);
  });
});

function refuseDeleting(target: object, name: PropertyKey): unknown {
  if (name === 'deleteFrom') throw new Error('the process has died');
  const value: unknown = Reflect.get(target, name);
  return typeof value === 'function' ? value.bind(target) : value;
}
