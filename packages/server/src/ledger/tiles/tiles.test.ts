import { gunzipSync } from 'node:zlib';
import {
  computeRoot,
  decodeEntryBundle,
  formatTilePath,
  hashLeaf,
  parseCheckpoint,
  parseNote,
  proveInclusion,
  readTileTree,
  type TileName,
  verifyInclusion,
} from '@countersign/ledger';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configSchema } from '../../config/index.ts';
import type { Context } from '../../context.ts';
import { createProblemResponse, type HttpEnv, readThrown } from '../../http/index.ts';
import type { Actor } from '../../people/index.ts';
import { makeTestRecord, openTestStore, type TestStore } from '../../plugins/database/open-test-store.ts';
import { tileRoutes } from './routes.ts';

const total = 700;
const operator: Actor = { kind: 'operator' };
let test: TestStore;
let actor: Actor | undefined = operator;

beforeAll(async () => {
  test = await openTestStore();
  // A checkpoint of another size on the way, and records that none covers yet.
  await append(0, 300);
  await test.store.checkpoint();
  await append(300, total);
  await test.store.checkpoint();
}, 60_000);
afterAll(() => test.remove());

async function append(from: number, to: number): Promise<void> {
  await test.store.append(Array.from({ length: to - from }, (_, at) => makeTestRecord(from + at)));
}

function serve(tiles: 'signed-in' | 'public') {
  const config = configSchema.parse({ ledger: { tiles } });
  const context = { config, store: test.store, log: { error: () => {} } } as unknown as Context;
  const app = new Hono<HttpEnv>();
  app.use(async (c, next) => {
    c.set('actor' as never, actor as never);
    await next();
  });
  app.route('/log', tileRoutes(context));
  app.onError((thrown) => createProblemResponse(readThrown(thrown, context.log, 'req'), 'req'));
  return (path: string, init?: RequestInit) => app.request(`/log/main/${path}`, init);
}

async function readHead(get = serve('signed-in')) {
  const note = parseNote(await (await get('checkpoint')).text());
  const head = note && parseCheckpoint(note.text);
  if (head === undefined) throw new Error('no checkpoint');
  return head;
}

const readTile = async (tile: TileName) => {
  const response = await serve('signed-in')(formatTilePath(tile));
  if (response.status !== 200) throw new Error(`${formatTilePath(tile)}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
};

describe('/log', () => {
  it('serves tiles that make the signed root, and prove every entry', async () => {
    const head = await readHead();
    expect(head.size).toBe(total);
    const hashAt = readTileTree(head.size, readTile);
    expect(await computeRoot(head.size, hashAt)).toEqual(head.root);
    for (const index of [0, 255, 256, 511, 512, total - 1]) {
      const bundle = Math.floor(index / 256);
      const width = Math.min(256, total - bundle * 256);
      const entries = decodeEntryBundle(await readTile({ level: 'entries', index: bundle, width }));
      expect(entries).toHaveLength(width);
      const leaf = hashLeaf(entries?.[index % 256] ?? '');
      const path = await proveInclusion(index, head.size, hashAt);
      expect(verifyInclusion(leaf, index, head.size, path, head.root)).toBe(true);
    }
  });

  it('says how long each may be kept, and by whom', async () => {
    const read = async (tiles: 'signed-in' | 'public', path: string) => {
      const { headers } = await serve(tiles)(path);
      return [
        headers.get('content-type'),
        headers.get('cache-control'),
        headers.get('access-control-allow-origin'),
      ];
    };
    const octets = 'application/octet-stream';
    const text = 'text/plain; charset=utf-8';
    expect(await read('public', 'checkpoint')).toEqual([text, 'public, max-age=2', '*']);
    expect(await read('signed-in', 'checkpoint')).toEqual([text, 'private, max-age=2', null]);
    expect(await read('public', 'tile/0/000')).toEqual([octets, 'public, max-age=31536000, immutable', '*']);
    expect(await read('signed-in', 'tile/1/000.p/2')).toEqual([
      octets,
      'private, max-age=31536000, immutable',
      null,
    ]);
  });

  it('compresses entries for those who take it', async () => {
    const headers = { 'accept-encoding': 'br, gzip' };
    const packed = await serve('public')('tile/entries/000', { headers });
    expect(packed.headers.get('content-encoding')).toBe('gzip');
    const bytes = gunzipSync(await packed.arrayBuffer());
    expect(new Uint8Array(bytes)).toEqual(await readTile({ level: 'entries', index: 0, width: 256 }));
    expect((await serve('public')('tile/0/000', { headers })).headers.get('content-encoding')).toBeNull();
  });

  it('answers HEAD, and nothing that changes', async () => {
    const head = await serve('public')('tile/0/000', { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
      const refused = await serve('public')('checkpoint', { method });
      expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    }
  });

  it('serves partial tiles of signed sizes alone, and no leaf that is not signed', async () => {
    const status = async (path: string) => (await serve('public')(path)).status;
    // The tree was signed at 300 and at 700: 44 and 188 in its last tile.
    expect(await status('tile/0/001.p/44')).toBe(200);
    expect(await status('tile/0/002.p/188')).toBe(200);
    expect(await status('tile/entries/002.p/188')).toBe(200);
    expect(await status('tile/1/000.p/1')).toBe(200);
    for (const path of [
      'tile/0/002.p/187',
      'tile/0/002.p/189',
      'tile/0/002',
      'tile/1/000.p/3',
      'tile/2/000.p/1',
    ])
      expect([path, await status(path)]).toEqual([path, 404]);
    await append(total, total + 68);
    for (const path of ['tile/0/002', 'tile/entries/002', 'tile/1/000.p/3', 'tile/0/002.p/189'])
      expect([path, await status(path)]).toEqual([path, 404]);
    await test.store.checkpoint();
    expect(await status('tile/0/002')).toBe(200);
    expect(await status('tile/1/000.p/3')).toBe(200);
  });

  it.each([
    'tile/0/x000/000',
    'tile/63/000',
    'tile/64/000',
    'tile/0/000.p/256',
    'tile/0/x999/x999/x999/x999/999',
    'tile/0/000/',
    'tile/',
    'other',
    '../other/checkpoint',
    '../other/tile/0/000',
  ])('has nothing at %s', async (path) => {
    const response = await serve('public')(path);
    expect(response.status).toBe(404);
  });

  it('shows nothing to those who may not read the ledger', async () => {
    actor = undefined;
    expect((await serve('signed-in')('checkpoint')).status).toBe(401);
    actor = { kind: 'agent', agent: 'agt_a', key: 'k' };
    expect((await serve('signed-in')('tile/0/000')).status).toBe(403);
    expect((await serve('public')('tile/0/000')).status).toBe(200);
    actor = operator;
  });
});
