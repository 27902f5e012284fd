import { describe, expect, it } from 'vitest';
import { isResult, readRefusal } from './ground/read-refusal.ts';
import { useGround } from './ground/use-ground.ts';

describe('secret.private-address', () => {
  const ground = useGround();

  it('is reached by a naive gateway like any other', async () => {
    const { naive } = ground();
    expect(new URL(naive.upstream.url).hostname).toBe('127.0.0.1');
    expect(isResult(await naive.call('echo', { text: 'hi' }))).toBe(true);
  });

  it.each([
    'http://127.0.0.1:6379/',
    'http://localhost:6379/',
    'http://[::1]:6379/',
    'http://[::ffff:127.0.0.1]/',
    'http://0.0.0.0/',
    'http://169.254.169.254/latest/meta-data/',
    'http://10.0.0.1/',
    'http://192.168.1.1/',
    'http://[fd00::1]/',
    'http://2130706433/',
    'http://0x7f.1/',
    'file:///etc/passwd',
    'http://user:password@example.com/',
  ])('is refused here: %s', async (url) => {
    const { here } = ground();
    const reply = await here.gateway.operator('POST', '/v1/upstreams', {
      name: 'inside',
      kind: 'mcp-http',
      settings: { url },
    });
    expect(readRefusal(reply), reply.body).toMatch(/^upstream\.(address_refused|settings_invalid)$/);
  });
});
