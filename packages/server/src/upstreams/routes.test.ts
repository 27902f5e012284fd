import { join } from 'node:path';
import { startPlainUpstream } from '@countersign/testkit';
import { expect, it } from 'vitest';
import { createRoutes } from '../http/index.ts';
import { createPlatform } from '../platform/platform.ts';
import { openTestStore } from '../plugins/database/open-test-store.ts';
import { createEncryptedFileStore } from '../plugins/secret-store/encrypted-file/create-encrypted-file-store.ts';
import { loadSecretsKey } from '../plugins/secret-store/encrypted-file/load-secrets-key.ts';
import type { SecretStore } from '../plugins/secret-store/secret-store.ts';
import { secretRoutes } from '../secrets/index.ts';
import { openTestUpstreams } from './open-test-upstreams.ts';
import { upstreamRoutes } from './routes.ts';

it('serves upstreams, tools and secrets over HTTP', { timeout: 60_000 }, async () => {
  const held = await openTestStore();
  const house = await openTestUpstreams(held.store, await openSecrets(held.folder));
  const upstream = await startPlainUpstream();
  const app = createRoutes();
  app.use(async (c, next) => {
    c.set('actor' as never, { kind: 'operator' } as never);
    await next();
  });
  app.route('/v1/upstreams', upstreamRoutes(house.context));
  app.route('/v1/secrets', secretRoutes(house.context));
  const ask = async (method: string, path: string, body?: object) => {
    const headers = { 'content-type': 'application/json' };
    const response = await app.request(path, {
      method,
      ...(body ? { body: JSON.stringify(body), headers } : {}),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : JSON.parse(text) };
  };
  const settings = { url: upstream.url, allowPrivate: true };
  const kind = 'mcp-http';
  expect(await ask('POST', '/v1/upstreams', { name: 'payments', kind, settings })).toMatchObject({
    status: 201,
    body: { name: 'payments', settings, tools: [{ name: 'echo' }, { name: 'pay' }], refused: [] },
  });
  expect(await ask('GET', '/v1/upstreams')).toMatchObject({
    status: 200,
    body: { items: [{ name: 'payments' }], next: null },
  });
  expect(await ask('GET', '/v1/upstreams/payments')).toMatchObject({ status: 200, body: { kind } });
  expect(
    await ask('PUT', '/v1/upstreams/payments', { kind, environment: 'production', settings }),
  ).toMatchObject({
    status: 200,
    body: { environment: 'production' },
  });
  expect(await ask('GET', '/v1/upstreams/payments/tools?state=pinned&limit=1')).toMatchObject({
    body: { items: [{ name: 'echo', state: 'pinned' }], next: 'echo' },
  });
  expect(await ask('POST', '/v1/upstreams/payments/tools/refresh')).toMatchObject({
    status: 200,
    body: { tools: [{}, {}] },
  });
  const review = await ask('GET', '/v1/upstreams/payments/tools/pay');
  expect(review).toMatchObject({
    status: 200,
    body: { pinned: { name: 'pay' }, offered: null, differences: [], hidden: [] },
  });
  const classification = {
    effects: ['spend'],
    dataDomain: 'money',
    amountPointer: '/amount',
    digest: review.body.digest,
  };
  expect(await ask('PUT', '/v1/upstreams/payments/tools/pay/classification', classification)).toMatchObject({
    status: 200,
    body: { confirmed: true },
  });
  expect(await ask('PUT', '/v1/secrets/key', { value: 'a-secret-value' })).toMatchObject({
    status: 200,
    body: { name: 'key' },
  });
  const listed = await ask('GET', '/v1/secrets');
  expect(listed.body.items).toMatchObject([{ name: 'key' }]);
  expect(JSON.stringify(listed)).not.toContain('a-secret-value');
  expect((await ask('DELETE', '/v1/secrets/key')).status).toBe(204);
  expect((await ask('DELETE', '/v1/upstreams/payments')).status).toBe(204);
  await upstream.close();
  await house.context.upstreams.close();
  await held.remove();
});

async function openSecrets(folder: string): Promise<SecretStore> {
  const platform = createPlatform();
  const key = loadSecretsKey(folder, {}, platform);
  return createEncryptedFileStore({ path: join(folder, 'secrets.json'), key, platform });
}
