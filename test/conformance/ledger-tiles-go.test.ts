import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cosignText, encodeBase64 } from '@countersign/ledger';
import {
  buildContext,
  buildHandle,
  type Context,
  completeConfig,
  configSchema,
  createLog,
  createPlatform,
} from '@countersign/server/parts';
import { makeTestWitness } from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
const signedAt = [255, 256, 257, 65_535, 65_536, 65_537, 69_999];

// x/mod/sumdb of the Go project reads the log as anybody would; this cites ledger.independent-tiles.
describe('ledger.independent-tiles', () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-tiles-'));
  let context: Context;
  let runGo: (input: TilesInput) => Promise<TilesOutput>;
  let prefix: string;
  let input: TilesInput;
  let spoil: ((path: string, bytes: Uint8Array) => void) | undefined;
  const closes: (() => void)[] = [];

  beforeAll(async () => {
    runGo = await buildGoProgram('ledger-tiles-go');
    const settings = { data: { folder }, log: { level: 'silent' }, ledger: { tiles: 'public' } };
    const config = completeConfig(configSchema.parse(settings));
    const parts = {
      ...{ config, platform: createPlatform(), log: createLog(config) },
      ...{ environment: {}, version: '0.1.0', consoleFolder: folder },
    };
    context = await buildContext(parts);
    const inner = await serve(await buildHandle(context, parts));
    // What the server says, unless a test spoils it on the way.
    prefix = await serve(async (request, response) => {
      const { status, body } = await read(`${inner}${request.url}`);
      spoil?.(request.url ?? '', body);
      response.writeHead(status).end(body);
    });
    const older: string[] = [];
    for (const end of [...signedAt, total]) older.push(await grow(end));
    const indexes = [0, 1, 255, 256, 65_535, 65_536, 69_887, 69_888, total - 1];
    input = { prefix: `${prefix}/log/main`, vkey: context.store.ledger.vkey, indexes, older };
  }, 600_000);
  afterAll(async () => {
    for (const close of closes) close();
    await context.store.close();
    rmSync(folder, { recursive: true });
  });

  /** Appends until the ledger has so many records, and signs a checkpoint. */
  async function grow(end: number): Promise<string> {
    const { store, platform } = context;
    for (;;) {
      const { size, note } = await store.checkpoint();
      if (size > end) throw new Error(`${size} records are there already`);
      if (size === end) return note;
      const count = Math.min(4_000, end - size);
      await store.append(
        Array.from({ length: count }, () => ({
          ...{ id: platform.newId('rec'), kind: 'action.intent' as const, at: platform.now(), causes: [] },
          body: { text: 'é' },
        })),
      );
    }
  }

  async function read(url: string) {
    const response = await fetch(url);
    return { status: response.status, body: new Uint8Array(await response.arrayBuffer()) };
  }

  async function serve(listener: RequestListener): Promise<string> {
    const server = createServer(listener);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    closes.push(() => {
      server.closeAllConnections();
      server.close();
    });
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return `http://127.0.0.1:${address.port}`;
  }

  it('verifies the checkpoint, every tile and entry, and proves records and older trees', async () => {
    expect(await runGo(input)).toMatchObject({
      ...{ failures: [], size: total, entries: total },
      ...{ records: input.indexes.length, trees: input.older.length },
    });
  });

  it('takes a checkpoint that a witness has cosigned', async () => {
    const { size, note } = await context.store.checkpoint();
    const witness = makeTestWitness();
    const line = cosignText(note.slice(0, note.indexOf('\n\n') + 1), witness, 1_790_000_000);
    const vkey = encodeBase64(witness.key.publicKey);
    await context.store.sql.insertInto('ledger_cosignatures').values({ size, vkey, line, at: 1 }).execute();
    expect((await (await fetch(`${input.prefix}/checkpoint`)).text()).endsWith(line)).toBe(true);
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
