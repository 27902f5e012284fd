import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isResult, readRefusal } from '../attacks/ground/read-refusal.ts';
import { createCaller } from './ground/create-caller.ts';
import { startPickyUpstream } from './ground/start-picky-upstream.ts';
import { requireDone, useScene } from './ground/use-scene.ts';

const scene = useScene({ upstream: () => startPickyUpstream(() => true) });

describe('secret.put-back', () => {
  it('is found out at the next start, until a person says that it was meant', async () => {
    const { gateway, upstream, url } = scene();
    const file = join(gateway.folder, 'secrets.json');
    const copy = join(gateway.folder, 'secrets.json.copy');
    const first = createCaller(await gateway.enrol(), url);
    expect(isResult(await first.call('echo', { text: 'hello' }))).toBe(true);
    copyFileSync(file, copy);
    requireDone(await gateway.operator('PUT', '/v1/secrets/shop-key', { value: 'sk-live-after-the-theft' }));
    copyFileSync(copy, file);
    await gateway.restart();
    upstream.journal.forget();
    const caller = createCaller(await gateway.enrol(), url);
    const refused = await caller.call('echo', { text: 'hello' });
    expect(readRefusal(refused)).toBe('secret.store_rolled_back');
    expect(upstream.journal.calls()).toEqual([]);
    expect((await gateway.operator('GET', '/v1/secrets')).json).toMatchObject({
      code: 'secret.store_rolled_back',
    });
    requireDone(await gateway.operator('POST', '/v1/secrets/trust-restored', {}));
    expect(isResult(await caller.call('echo', { text: 'hello' }))).toBe(true);
    expect(await gateway.records({ kind: 'secret.restore_trusted' })).toHaveLength(1);
  });
});
