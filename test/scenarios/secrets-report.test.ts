import { answerPlainly, startHttpUpstream } from '@countersign/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCountersign } from './ground/run-countersign.ts';
import { SECRET, useScene } from './ground/use-scene.ts';

interface Reported {
  readonly upstream: string;
  readonly class: string;
  readonly agents: readonly { readonly name: string }[];
  readonly alternatives: readonly { readonly how: string }[];
}

/** Says of itself where its authorization server is (RFC 9728), which says what it can do (RFC 8414). */
function startSelfDescribing() {
  return startHttpUpstream(async (request, response, message) => {
    const origin = `http://${request.headers.host}`;
    const documents: Record<string, object> = {
      '/.well-known/oauth-protected-resource/mcp': {
        resource: `${origin}/mcp`,
        authorization_servers: [origin],
      },
      '/.well-known/oauth-authorization-server': {
        issuer: origin,
        grant_types_supported: ['authorization_code', 'client_credentials'],
      },
    };
    const document = Object.hasOwn(documents, request.url ?? '') ? documents[request.url ?? ''] : undefined;
    if (document === undefined) return answerPlainly({})(request, response, message);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document));
  });
}

const scene = useScene({ upstream: startSelfDescribing });
beforeAll(async () => {
  const { gateway, upstream } = scene();
  await gateway.enrol({ name: 'shopper', limits: { upstreams: ['shop'] } });
  await gateway.addUpstream('open', { url: upstream.url });
});

describe('secret.report', () => {
  it('says what hangs on a static secret, who can use it and what it could be instead', async () => {
    const { gateway } = scene();
    const reply = await gateway.operator('GET', '/v1/secrets/report');
    const { upstreams, counts } = reply.json as { upstreams: readonly Reported[]; counts: object };
    expect(counts).toEqual({ static: 1, leased: 0, minted: 0, per_user: 0, none: 1 });
    const [open, shop] = upstreams;
    expect(open).toMatchObject({ upstream: 'open', class: 'none', agentCount: 0, alternatives: [] });
    expect(shop).toMatchObject({
      upstream: 'shop',
      class: 'static',
      secrets: [{ name: 'shop-key', state: 'unlimited', since: expect.any(Number) }],
      agents: [{ name: 'shopper' }],
      agentCount: 1,
    });
    expect(shop?.alternatives.map(({ how }) => how)).toEqual(['oauth-user', 'client-credentials']);
    expect(reply.body).not.toContain(SECRET);
  });

  it('is for those who may read secrets', async () => {
    const owner = await scene().gateway.invite('Owner', ['owner']);
    const reply = await owner.request('GET', '/v1/secrets/report');
    expect(reply.json).toMatchObject({ code: 'person.forbidden' });
  });

  it('lets CI fail, and shows people the same', async () => {
    const { gateway } = scene();
    const where = ['--data', gateway.folder, '--url', gateway.url];
    const run = (...words: string[]) => runCountersign([...words, ...where], { folder: gateway.folder });
    const failed = await run('secrets', 'report', '--fail-on-static', '--json');
    expect([failed.exitCode, JSON.parse(failed.stdout)]).toMatchObject([4, { counts: { static: 1 } }]);
    const shown = await run('secrets', 'report');
    expect(shown.exitCode).toBe(0);
    expect(shown.stdout).toMatch(/shop +static +shop-key \(0 d\) +shopper/);
    expect(shown.stderr).toContain('shop could use client-credentials');
  });
});
