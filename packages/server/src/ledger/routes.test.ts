import { readLines, verifyExport } from '@countersign/ledger';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configSchema } from '../config/index.ts';
import type { Context } from '../context.ts';
import { createProblemResponse, type HttpEnv, readThrown } from '../http/index.ts';
import type { Actor } from '../people/index.ts';
import { createPlatform } from '../platform/platform.ts';
import { makeTestRecord, openTestStore, type TestStore } from '../plugins/database/open-test-store.ts';
import { ledgerRoutes } from './routes.ts';

let test: TestStore;
let app: Hono<HttpEnv>;
let actor: Actor | undefined;

beforeAll(async () => {
  test = await openTestStore();
  await test.store.append([0, 1, 2, 3].map((number) => makeTestRecord(number)));
  const context = {
    config: configSchema.parse({}),
    store: test.store,
    platform: createPlatform(),
    log: { error: () => {} },
  } as unknown as Context;
  app = new Hono<HttpEnv>();
  app.use(async (c, next) => {
    c.set('actor' as never, actor as never);
    await next();
  });
  app.route('/v1/ledger', ledgerRoutes(context));
  app.onError((thrown) => createProblemResponse(readThrown(thrown, context.log, 'req'), 'req'));
}, 30_000);
afterAll(() => test.remove());

async function get(
  path: string,
  headers: Record<string, string> = {},
  as: Actor | undefined = { kind: 'operator' },
) {
  actor = as;
  return app.request(`/v1/ledger${path}`, { headers });
}

async function* chunks(body: ReadableStream<Uint8Array> | null) {
  if (body !== null) yield* body;
}

describe('/v1/ledger', () => {
  it('searches', async () => {
    const response = await get('?action=act_00000000000000000000000002&limit=1');
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      items: [{ seq: 2, erased: false, body: { number: 2 } }],
      next: null,
    });
  });

  it('searches with a query, and says where it cannot be understood', async () => {
    const response = await get(`?q=${encodeURIComponent('agt_a -act_00000000000000000000000002')}`);
    expect((await response.json()).items.map(({ seq }: { seq: number }) => seq)).toEqual([3, 1, 0]);
    const refused = await get('?q=colour:red');
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({
      code: 'ledger.query_invalid',
      detail: expect.stringContaining('character 1'),
    });
  });

  it('search.taken: gives all that is found as CSV or as JSON lines, and records that', async () => {
    const csv = await get('?q=action.intent&limit=2', { accept: 'text/csv' });
    expect(csv.headers.get('content-type')).toContain('text/csv');
    expect((await csv.text()).split('\r\n')).toHaveLength(4 + 2);
    const lines = await get('?q=action.intent', { accept: 'application/x-ndjson' });
    const records = (await lines.text()).trim().split('\n');
    expect(records.map((line) => JSON.parse(line).seq)).toEqual([3, 2, 1, 0]);
    const exported = await get('?kind=ledger.exported&limit=1');
    expect((await exported.json()).items[0].body).toMatchObject({
      format: 'ndjson',
      search: '{"q":"action.intent"}',
    });
    const approver: Actor = {
      kind: 'person',
      person: 'per_a',
      roles: ['approver'],
      session: 's',
      verifiedAt: 0,
      isFresh: true,
    };
    expect((await get('?q=x', { accept: 'text/csv' }, approver)).status).toBe(403);
    expect((await get('?q=colour:red', { accept: 'text/csv' })).status).toBe(400);
  });

  it('proves one record', async () => {
    const response = await get(`/records/${makeTestRecord(1).id}`);
    expect(await response.json()).toMatchObject({ record: { seq: 1 }, proof: { path: expect.any(Array) } });
    expect((await get('/records/rec_none')).status).toBe(404);
  });

  it('signs a checkpoint', async () => {
    expect(await (await get('/checkpoint')).json()).toMatchObject({
      ...test.store.ledger,
      note: expect.any(String),
    });
  });

  it('exports what verifies offline', async () => {
    const response = await get('/export');
    expect(response.headers.get('content-type')).toContain('application/jsonl');
    const report = await verifyExport(readLines(chunks(response.body)), { vkey: test.store.ledger.vkey });
    expect(report).toMatchObject({ valid: true, from: 0 });
    expect(report.records).toBeGreaterThan(4);
  });

  it('streams from the event after the last one seen, until the reader leaves', async () => {
    const response = await get('/stream', { 'last-event-id': '1' });
    const lines = readLines(chunks(response.body));
    const events: string[] = [];
    for await (const line of lines) {
      if (line.startsWith('id: ')) events.push(line.slice(4));
      if (events.length === 2) break;
    }
    expect(events).toEqual(['2', '3']);
    await response.body?.cancel().catch(() => {});
  });

  it.each([
    ['?limit=501', 400, 'server.request_invalid'],
    ['?kind=nothing', 400, 'server.request_invalid'],
    ['/records/agt_1', 400, 'server.request_invalid'],
    ['/export?from=9&to=1', 400, 'server.request_invalid'],
    ['/stream?after=-1', 400, 'server.request_invalid'],
  ])('refuses %s', async (path, status, code) => {
    const response = await get(path);
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([status, code]);
  });

  it('refuses a malformed event id', async () => {
    expect((await get('/stream', { 'last-event-id': 'x' })).status).toBe(400);
  });

  it.each(['', '/checkpoint', '/export', '/stream', `/records/${makeTestRecord(1).id}`])(
    'shows %s to nobody without the permission',
    async (path) => {
      const agent: Actor = { kind: 'agent', agent: 'agt_a', key: 'k' };
      expect((await get(path, {}, agent)).status).toBe(403);
      actor = undefined;
      expect((await app.request(`/v1/ledger${path}`)).status).toBe(401);
    },
  );
});
