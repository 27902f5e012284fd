import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGateway, startPlainUpstream, type TestGateway, type Upstream } from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCountersign } from './run-countersign.ts';

describe('client.connected', () => {
  const home = mkdtempSync(join(tmpdir(), 'countersign-client-'));
  const file = join(home, '.claude.json');
  const original = {
    numStartups: 7,
    mcpServers: {
      shop: { type: 'http', url: '', headers: { 'X-Api-Key': 'key-of-the-shop' } },
      broken: { type: 'http', url: 'http://localhost:1/mcp', headers: { Authorization: 'Bearer gone' } },
      old: { type: 'sse', url: 'https://old.example/sse' },
    },
  };
  let upstream: Upstream;
  let gateway: TestGateway;

  beforeAll(async () => {
    upstream = await startPlainUpstream();
    gateway = await startGateway();
    original.mcpServers.shop.url = upstream.url;
    writeFileSync(file, JSON.stringify(original, null, 2), { mode: 0o600 });
  }, 60_000);
  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
    rmSync(home, { recursive: true, force: true });
  });

  const connect = (...words: string[]) =>
    runCountersign(['connect', 'claude-code', '--json', ...words], {
      environment: { HOME: home, COUNTERSIGN_URL: gateway.url, COUNTERSIGN_DATA: gateway.folder },
    });
  const read = () => JSON.parse(readFileSync(file, 'utf8')) as typeof original;

  it('says what would happen, without a credential and without a change', async () => {
    const { stdout } = await connect('--dry-run');
    expect(JSON.parse(stdout)).toMatchObject([
      { name: 'shop', action: 'move', upstream: 'shop', secrets: ['shop-x-api-key'] },
      { name: 'broken', action: 'move' },
      { name: 'old', action: 'keep' },
    ]);
    expect(stdout).not.toContain('key-of-the-shop');
    expect(read()).toEqual(original);
    expect((await gateway.operator('GET', '/v1/upstreams')).json).toMatchObject({ items: [] });
  });

  it('moves what it can behind the gateway and leaves the rest, with nothing left of what failed', async () => {
    const { stdout } = await connect();
    expect(JSON.parse(stdout)).toMatchObject([
      { name: 'shop', action: 'move' },
      { name: 'broken', action: 'keep' },
      { name: 'old', action: 'keep' },
    ]);
    expect(read()).toEqual({
      ...original,
      mcpServers: { ...original.mcpServers, shop: { type: 'http', url: `${gateway.url}/mcp/shop` } },
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(`${file}.before-countersign`).mode & 0o777).toBe(0o600);
    const { json } = await gateway.operator('GET', '/v1/secrets');
    expect((json as { items: { name: string }[] }).items.map(({ name }) => name)).toEqual(['shop-x-api-key']);
    expect((await gateway.operator('GET', '/v1/upstreams/shop')).status).toBe(200);
  });

  it('does nothing more the second time', async () => {
    const before = readFileSync(file, 'utf8');
    expect(JSON.parse((await connect()).stdout)).toMatchObject([{ action: 'keep' }, {}, {}]);
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  it('puts back what was there', async () => {
    expect(JSON.parse((await connect('--remove')).stdout)).toEqual([{ name: 'shop', action: 'put back' }]);
    expect(read()).toEqual(original);
    expect(() => statSync(`${file}.before-countersign`)).toThrow();
  });
});
