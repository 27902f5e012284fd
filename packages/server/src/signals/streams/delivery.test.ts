import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Context } from '../../context.ts';
import { openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { createTestHouse, personId, type TestHouse } from '../../tasks/create-test-house.ts';
import { createEventKeys } from '../events/event-keys.ts';
import { openTestSignals, type TestSignals } from '../open-test-signals.ts';
import { noteSecurityEvent } from '../security-event.ts';
import { addReceiver, removeReceiver } from './change-receivers.ts';
import { distributeEvents } from './distribute-events.ts';
import { pushEvents } from './push-events.ts';
import { pushMethod } from './stream.ts';

/** What can happen between two moments: `crash` loses what follows the next delivery, `restart` all that is in memory. */
const step = fc.oneof(
  { weight: 4, arbitrary: fc.constant('note' as const) },
  { weight: 2, arbitrary: fc.constant('distribute' as const) },
  { weight: 3, arbitrary: fc.constant('push' as const) },
  { weight: 2, arbitrary: fc.constant('crash' as const) },
  { weight: 1, arbitrary: fc.constant('down' as const) },
  { weight: 1, arbitrary: fc.constant('up' as const) },
  { weight: 1, arbitrary: fc.constant('restart' as const) },
);

let stored: TestStore;
let house: TestHouse;
let signals: TestSignals;
let server: Server;
let isUp = true;
let received: string[] = [];
let made = 0;

beforeAll(async () => {
  stored = await openTestStore();
  house = await createTestHouse(stored.store);
  signals = await openTestSignals(house.context);
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    if (isUp) received.push(String(decodeJwt(Buffer.concat(chunks).toString()).txn));
    response.writeHead(isUp ? 202 : 503).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await stored.remove();
});

function contextOn(store: Context['store']): Context {
  const { masterKey, platform } = signals.context;
  return { ...signals.context, store, events: createEventKeys({ store, masterKey, platform }) };
}

/** A store in which nothing is deleted any more: the process dies before it can note a delivery. */
function dying(store: Context['store']): Context['store'] {
  const sql = new Proxy(store.sql, {
    get(target, name) {
      if (name === 'deleteFrom') throw new Error('the process has died');
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return Object.create(store, { sql: { value: sql } });
}

async function takeStep(context: Context, what: string, noted: string[]): Promise<Context> {
  house.advance(400_000);
  if (what === 'note') {
    made += 1;
    const record = `rec_${made}`;
    const event = {
      kind: 'session-revoked',
      about: { person: personId('owner') },
      reason: 'ended',
      record,
    } as const;
    await context.store.transaction((tx) => noteSecurityEvent(context, tx, event));
    noted.push(record);
  }
  if (what === 'distribute') await distributeEvents(context);
  if (what === 'push') await pushEvents(context);
  if (what === 'crash') await pushEvents({ ...context, store: dying(context.store) }).catch(() => undefined);
  if (what === 'down' || what === 'up') isUp = what === 'up';
  return what === 'restart' || what === 'crash' ? contextOn(await stored.reopen()) : context;
}

describe('the queue of a stream', () => {
  it('loses nothing and keeps its order, whatever fails and whenever it dies', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        [isUp, received] = [true, []];
        let context = contextOn(stored.store);
        const settings = { audience: 'https://siem.example', everybody: true, allowPrivate: true };
        made += 1;
        const { id, token } = await addReceiver(context, house.admin, { name: `siem ${made}`, ...settings });
        const { port } = server.address() as AddressInfo;
        const delivery = { method: pushMethod, endpoint_url: `http://127.0.0.1:${port}/` };
        const opened = await openTestSignals({ ...house.context, store: stored.store });
        expect((await opened.ask('POST', '/ssf/streams', { token, body: { delivery } })).status).toBe(201);
        const noted: string[] = [];
        for (const what of steps) context = await takeStep(context, what, noted);
        for (const what of ['up', 'distribute', 'push', 'push'])
          context = await takeStep(context, what, noted);
        expect([...new Set(received)]).toEqual(noted);
        await removeReceiver(context, house.admin, { id });
      }),
      { numRuns: 12 },
    );
  }, 120_000);
});
