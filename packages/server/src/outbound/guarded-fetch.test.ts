import { type LoopbackServer, serveLoopback } from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGuardedFetch, type GuardedFetch, type GuardedFetchParts } from './guarded-fetch.ts';

let server: LoopbackServer;
const arrived: string[] = [];
const fetches: GuardedFetch[] = [];

beforeAll(async () => {
  server = await serveLoopback((request, body, response) => {
    arrived.push(`${request.method} ${request.url} ${body}`);
    switch (request.url) {
      case '/redirect':
        return response.writeHead(307, { location: '/good' }).end();
      case '/huge':
        return response.end('x'.repeat(300_000));
      case '/silent':
        return undefined;
      case '/trickle': {
        const timer = setInterval(() => response.write(' '), 20);
        return response.on('close', () => clearInterval(timer));
      }
      case '/headers':
        return response.writeHead(200, { 'x-long': 'x'.repeat(20_000) }).end();
      case '/broken':
        return response.destroy();
      case '/nothing':
        return response.writeHead(204).end();
      default:
        return response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}');
    }
  });
});
afterAll(async () => {
  for (const one of fetches) await one.close();
  await server.close();
});

const open = (parts: Partial<GuardedFetchParts> = {}): GuardedFetch => {
  const made = createGuardedFetch({ allowPrivate: true, ...parts });
  fetches.push(made);
  return made;
};
const code = (wanted: string) => expect.objectContaining({ code: wanted });

describe('a request to an issuer', () => {
  it('is answered whole', async () => {
    const response = await open()(`${server.url}/good`, { method: 'POST', body: 'a=b' });
    expect(await response.json()).toEqual({ ok: true });
    expect(arrived).toContain('POST /good a=b');
    expect((await open()(`${server.url}/nothing`)).status).toBe(204);
  });

  it('is never sent on, so a secret in it goes nowhere else', async () => {
    const sent = open()(`${server.url}/redirect`, { method: 'POST', body: 'client_secret=s' });
    await expect(sent).rejects.toEqual(code('upstream.redirect_refused'));
    expect(arrived.filter((one) => one.includes('client_secret'))).toEqual([
      'POST /redirect client_secret=s',
    ]);
  });

  it.each(['/huge', '/silent', '/trickle', '/headers', '/broken'])(
    'ends, whatever the issuer does: %s',
    async (path) => {
      await expect(open({ timeoutMilliseconds: 600 })(server.url + path)).rejects.toEqual(
        code('upstream.credential_unavailable'),
      );
    },
  );

  it('goes to no private address, neither by its number nor by what a name turns into', async () => {
    const shut = open({ allowPrivate: false });
    await expect(shut(`${server.url}/good`)).rejects.toEqual(code('upstream.address_refused'));
    await expect(shut('https://127.0.0.1/good')).rejects.toEqual(code('upstream.address_refused'));
    const rebound = open({
      allowPrivate: false,
      lookup: (_host, _options, done) => done(null, [{ address: '169.254.169.254', family: 4 }]),
    });
    await expect(rebound('https://issuer.example/token')).rejects.toEqual(code('upstream.address_refused'));
    await expect(open()('http://169.254.169.254/latest')).rejects.toEqual(code('upstream.address_refused'));
  });
});
