import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { cosignText, encodeBase64 } from '@countersign/ledger';
import { makeTestWitness } from '@countersign/testkit';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configSchema } from '../../packages/server/src/config/index.ts';
import type { Context } from '../../packages/server/src/context.ts';
import { tileRoutes } from '../../packages/server/src/ledger/index.ts';
import {
  makeTestRecord,
  openTestStore,
  type TestStore,
} from '../../packages/server/src/plugins/database/open-test-store.ts';
import { buildGoProgram } from './build-go-verifier.ts';

interface TilesInput {
  readonly prefix: string;
  readonly vkey: string;
  readonly indexes: readonly number[];
  readonly older: readonly string[];
}

interface TilesOutput {
  readonly failures: readonly string[];
  readonly size: number;
  readonly tiles: number;
  readonly entries: number;
  readonly records: number;
  readonly trees: number;
}

/** The example of C2SP tlog-tiles: 273 full tiles and one of 112, one full and one of 17 above them, one of 1 above those. */
const total = 70_000;
const signedAt = [1, 255, 256, 257, 65_535, 65_536, 65_537, 69_999];

// x/mod/sumdb of the Go project reads the log as anybody would; this cites ledger.independent-tiles.
describe('ledger.independent-tiles', () => {
  let test: TestStore;
  let runGo: (input: TilesInput) => Promise<TilesOutput>;
  let prefix: string;
  let input: TilesInput;
  let spoil: ((path: string, bytes: Uint8Array) => void) | undefined;
  const closes: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    runGo = await buildGoProgram('ledger-tiles-go');
    test = await openTestStore();
    const older: string[] = [];
    let size = 0;
    for (const end of [...signedAt, total]) {
      for (; size < end; size += Math.min(4_000, end - size)) {
        const count = Math.min(4_000, end - size);
        await test.store.append(Array.from({ length: count }, (_, at) => makeTestRecord(size + at)));
      }
      older.push((await test.store.checkpoint()).note);
    }
    prefix = await serve();
    const indexes = [0, 1, 255, 256, 65_535, 65_536, 69_887, 69_888, total - 1];
    input = { prefix, vkey: test.store.ledger.vkey, indexes, older };
  }, 600_000);
  afterAll(async () => {
    for (const close of closes) await close();
    await test.remove();
  });

  async function serve(): Promise<string> {
    const config = configSchema.parse({ ledger: { tiles: 'public' } });
    const app = new Hono();
    app.use(async (c, next) => {
      await next();
      if (spoil === undefined || c.res.status !== 200) return;
      const bytes = new Uint8Array(await c.res.arrayBuffer());
      spoil(c.req.path, bytes);
      c.res = new Response(bytes, c.res);
    });
    app.route('/log', tileRoutes({ config, store: test.store } as unknown as Context));
    app.onError((error, c) => c.text(error.message, 404));
    const listen = getRequestListener(app.fetch, { overrideGlobalObjects: false });
    const server = createServer(
      (request: IncomingMessage, response: ServerResponse) => void listen(request, response),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    closes.push(async () => {
      server.closeAllConnections();
      server.close();
    });
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return `http://127.0.0.1:${address.port}/log/main`;
  }

  it('verifies the checkpoint, every tile and entry, and proves records and older trees', async () => {
    expect(await runGo(input)).toMatchObject({
      ...{ failures: [], size: total, entries: total },
      ...{ records: input.indexes.length, trees: input.older.length },
    });
  });

  it('takes a checkpoint that a witness has cosigned', async () => {
    const { size, note } = await test.store.checkpoint();
    const witness = makeTestWitness();
    const line = cosignText(note.slice(0, note.indexOf('\n\n') + 1), witness, 1_790_000_000);
    const vkey = encodeBase64(witness.key.publicKey);
    await test.store.sql.insertInto('ledger_cosignatures').values({ size, vkey, line, at: 1 }).execute();
    expect((await (await fetch(`${prefix}/checkpoint`)).text()).endsWith(line)).toBe(true);
    expect(await runGo({ ...input, indexes: [0], older: [] })).toMatchObject({ failures: [], records: 1 });
  });

  it.each<[string, string, number]>([
    ['a hash of a tile', '/tile/0/100', 77],
    ['a hash of a partial tile', '/tile/1/001.p/17', 3],
    ['an entry', '/tile/entries/200', 1_000],
    ['the checkpoint', '/checkpoint', 40],
  ])('finds one bit changed in %s', async (_what, path, at) => {
    spoil = (asked, bytes) => {
      if (asked.endsWith(path)) bytes[at] = (bytes[at] ?? 0) ^ 1;
    };
    const { failures } = await runGo(input);
    spoil = undefined;
    expect(failures).toHaveLength(1);
  });
});
