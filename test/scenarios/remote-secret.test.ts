import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCertificate, generateAgentKey } from '@countersign/sdk';
import { type FakeVault, startFakeVault, startGateway, type TestGateway } from '@countersign/testkit';
import { exportPKCS8, importJWK } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isResult, readRefusal } from '../attacks/ground/read-refusal.ts';
import { createCaller } from './ground/create-caller.ts';
import { type PickyUpstream, startPickyUpstream } from './ground/start-picky-upstream.ts';
import { PERMIT_ALL, requireDone } from './ground/use-scene.ts';

const KEY = 'sk-live-kept-in-vault-77aa';
const folder = mkdtempSync(join(tmpdir(), 'countersign-vault-'));
const ends: (() => Promise<void>)[] = [];
let vault: FakeVault;
let gateway: TestGateway;
let shop: PickyUpstream;
let orders: PickyUpstream;

beforeAll(async () => {
  const tls = await makeCertificate();
  writeFileSync(join(folder, 'vault-ca.pem'), tls.cert);
  vault = await startFakeVault({ leaseSeconds: 120, tls });
  ends.push(() => vault.close());
  vault.put('apps/shop', { api_key: KEY });
  vault.tokens.expect({ secretId: 'the-secret-id' });
  writeFileSync(join(folder, 'secret-id'), 'the-secret-id');
  shop = await startPickyUpstream();
  shop.accept(KEY);
  orders = await startPickyUpstream((key) => vault.leases.live().includes(key));
  ends.push(
    () => shop.close(),
    () => orders.close(),
  );
  const configFile = join(folder, 'countersign.yaml');
  writeFileSync(configFile, JSON.stringify({ secrets: describeStores(vault.url) }));
  gateway = await startGateway({ configFile });
  ends.push(() => gateway.stop());
  requireDone(await gateway.activatePolicy(PERMIT_ALL));
}, 60_000);

afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

function describeStores(url: string): object {
  const auth = { method: 'approle', roleId: 'countersign', secretIdFile: join(folder, 'secret-id') };
  const secrets = {
    shop: { mount: 'secret', path: 'apps/shop', field: 'api_key' },
    orders: { lease: 'database/creds/orders' },
  };
  const store = { kind: 'vault', url, auth, secrets };
  const caFile = join(folder, 'vault-ca.pem');
  return {
    stores: [
      { ...store, name: 'vault', caFile },
      { ...store, name: 'unknown', secrets: { orders: secrets.orders } },
    ],
  };
}

async function makeCertificate(): Promise<{ cert: string; key: string }> {
  const { key, privateJwk } = await generateAgentKey('ES256');
  const cert = await createCertificate(key, {
    name: 'vault',
    lifetimeSeconds: 3600,
    dnsNames: ['localhost'],
  });
  const exportable = await importJWK(privateJwk, 'ES256', { extractable: true });
  if (exportable instanceof Uint8Array) throw new TypeError('not a key pair');
  return { cert, key: await exportPKCS8(exportable) };
}

const reach = async (name: string, upstream: PickyUpstream) => {
  const headers = { 'x-api-key': `{secret:vault:${name}}` };
  return gateway.addUpstream(name, { url: upstream.url, headers });
};

describe('secret.remote-store', () => {
  it('gives the upstream its key, and the agent, the ledger and the list nothing of it', async () => {
    const url = await reach('shop', shop);
    const caller = createCaller(await gateway.enrol(), url);
    const reply = await caller.call('echo', { text: 'hello' });
    expect(isResult(reply), reply.body).toBe(true);
    const listed = await gateway.operator('GET', '/v1/secrets');
    expect(listed.json).toMatchObject({
      items: [
        { name: 'unknown:orders', kind: 'leased' },
        { name: 'vault:orders', kind: 'leased' },
        { name: 'vault:shop', kind: 'static' },
      ],
    });
    const shown = JSON.stringify([reply.body, listed.body, await gateway.records()]);
    expect(shown).not.toContain(KEY);
    expect(vault.asked.filter((asked) => asked.endsWith('/login'))).toHaveLength(1);
  });

  it('sends nothing once the store is cut off and the value is no longer fresh', async () => {
    const caller = createCaller(await gateway.enrol(), `${gateway.url}/mcp/shop`);
    expect(isResult(await caller.call('echo', { text: 'hello' }))).toBe(true);
    vault.misbehave('sealed');
    expect(isResult(await caller.call('echo', { text: 'hello' }))).toBe(true);
    gateway.advance(60_000);
    shop.journal.forget();
    const later = createCaller({ ...caller, token: await caller.renew() }, `${gateway.url}/mcp/shop`);
    const refused = await later.call('echo', { text: 'hello' });
    expect(readRefusal(refused)).toBe('secret.unavailable');
    expect(shop.keys()).toEqual([]);
    vault.misbehave(null);
    expect(isResult(await later.call('echo', { text: 'hello' }))).toBe(true);
  });

  it('sees a key that was changed in the store within its freshness', async () => {
    vault.put('apps/shop', { api_key: 'sk-live-changed-in-vault' });
    shop.accept('sk-live-changed-in-vault');
    gateway.advance(60_000);
    const caller = createCaller(await gateway.enrol(), `${gateway.url}/mcp/shop`);
    expect(isResult(await caller.call('echo', { text: 'hello' }))).toBe(true);
  });

  it('takes a lease for an upstream, and gives it back when the server stops', async () => {
    const url = await reach('orders', orders);
    const caller = createCaller(await gateway.enrol(), url);
    expect(isResult(await caller.call('echo', { text: 'hello' }))).toBe(true);
    const [lease, ...others] = vault.leases.live();
    expect(others).toEqual([]);
    await gateway.restart();
    expect(vault.leases.live()).not.toContain(lease);
    const again = createCaller(await gateway.enrol(), `${gateway.url}/mcp/orders`);
    expect(isResult(await again.call('echo', { text: 'hello' }))).toBe(true);
    expect(vault.leases.live()).toHaveLength(1);
  });

  it('asks nothing of a server whose certificate nobody it trusts has signed', async () => {
    const asked = vault.asked.length;
    const headers = { 'x-api-key': '{secret:unknown:orders}' };
    const settings = { url: orders.url, allowPrivate: true, headers };
    const reply = await gateway.operator('POST', '/v1/upstreams', {
      name: 'far',
      kind: 'mcp-http',
      settings,
    });
    expect(reply.json).toMatchObject({ code: 'secret.unavailable' });
    expect(vault.asked.length).toBe(asked);
  });

  it('does not change in Vault what is kept there for others', async () => {
    const reply = await gateway.operator('PUT', '/v1/secrets/vault%3Ashop', { value: 'another-value' });
    expect(reply.json).toMatchObject({ code: 'secret.unavailable' });
  });
});
