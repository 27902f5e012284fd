import {
  createRawClient,
  openConsent,
  type RawTokens,
  readLocation,
  sendHttp,
  type TestRecord,
} from '@countersign/testkit';
import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import {
  APP,
  describeApp,
  NATIVE,
  readError,
  readPageCode,
  useApplication,
  WEB,
} from './oauth-ground/use-application.ts';

const app = useApplication();
const open = (link = app().create().link()) => openConsent(app().person, link);
const tick = (changes: object) => ({
  ...{ tools: ['shop/echo'], contents: false, seconds: 3600, calls: null, spendMinor: null, currency: null },
  ...changes,
});
const delegations = async () => {
  const { json } = await app().gateway.operator('GET', '/v1/delegations?limit=200');
  return (json as { items: readonly { id: string; state: string; limits: { actions: readonly string[] } }[] })
    .items;
};
const newest = async (kind: string) => (await app().gateway.records({ kind, limit: '1' }))[0];

const delegationOf = (record: TestRecord | undefined) =>
  (record?.chain as readonly string[] | undefined)?.[0];

describe('token.consent: what a person signs is the delegation', () => {
  it('suggests what only reads, for a working day, and says who asks and where the answer goes', async () => {
    const { reply, deny } = await open();
    const said = reply.body.replace(/<[^>]+>/g, '').replace(/\s+/g, ' ');
    expect(said).toContain('App wants to act for you in shop');
    expect(said).toContain('nobody has verified it');
    expect(said).toContain('May use 1 tool: shop/echo.');
    expect(said).toContain('May read, nothing else.');
    expect(said).toContain('a program on this device, at 127.0.0.1:33418');
    expect(said).toContain('Any program on this device could be asking in its name');
    expect(reply.body).not.toMatch(/value="shop\/pay" checked/);
    expect(reply.body.indexOf('id="deny"')).toBeLessThan(reply.body.indexOf('id="allow"'));
    await deny();
  });

  it('puts exactly the narrowed delegation in force, with the evidence beside it', async () => {
    const consent = await open();
    await consent.choose(
      tick({ tools: ['shop/echo', 'shop/pay'], calls: 7, spendMinor: 500, currency: 'EUR' }),
    );
    const shown = (await consent.load()).body;
    expect(shown).toContain('May use 2 tools');
    const back = readLocation(await consent.grant());
    expect(`${back.origin}${back.pathname}`).toBe(NATIVE);
    expect(back.searchParams.get('iss')).toBe(app().gateway.url);
    const record = await newest('delegation.created');
    expect(record).toMatchObject({
      person: app().person.id,
      body: {
        isDefault: true,
        limits: {
          ...{ upstreams: ['shop'], calls: 7, spendMinor: 500, currency: 'EUR', depth: 0 },
          actions: ['shop/@follow_up', 'shop/echo', 'shop/pay'],
        },
        consent: {
          ...{ client: APP, clientName: 'App', redirectUri: NATIVE },
          credentialId: app().person.passkey.credentialId,
        },
      },
    });
    expect(JSON.stringify(record)).not.toContain(back.searchParams.get('code'));
    const { json } = await app().gateway.operator('GET', `/v1/agents/${record?.agent}`);
    expect(json).toMatchObject({ ownerId: app().person.id, state: 'active' });
  });

  it('replaces what the same client was allowed before, for the same agent', async () => {
    await app().create().obtainCode(app().person);
    const before = await newest('delegation.created');
    await app()
      .create()
      .obtainCode(app().person, { choices: tick({}) });
    const after = await newest('delegation.created');
    expect(after?.agent).toBe(before?.agent);
    const first = delegationOf(before);
    const { json } = await app().gateway.operator('GET', `/v1/delegations/${first}`);
    expect(json).toMatchObject({ state: 'revoked' });
    expect(await newest('delegation.revoked')).toMatchObject({ chain: [first] });
  });

  it('goes on as it is for a second device, which the person signs as well', async () => {
    const [laptop, desk] = [app().create(), app().create()];
    const choices = tick({ seconds: 7200 });
    const first = await laptop.obtain(app().person, { choices });
    const consent = await openConsent(app().person, desk.link());
    expect(consent.reply.body).toContain('You have allowed this before: it goes on as it is');
    const code = readLocation(await consent.grant()).searchParams.get('code') ?? '';
    const second = (await desk.exchange(code)).json as RawTokens;
    expect(decodeJwt(second.access_token).chain).toEqual(decodeJwt(first.access_token).chain);
    expect((await laptop.refresh(first.refresh_token)).status).toBe(200);
    expect(await newest('token.consent_repeated')).toMatchObject({
      chain: decodeJwt(first.access_token).chain,
      body: { consent: { client: APP, credentialId: app().person.passkey.credentialId } },
    });
  });

  it('is asked for anew once half of its time is over, with the ticks of the last time', async () => {
    await app()
      .create()
      .obtain(app().person, { choices: tick({ seconds: 3600, contents: false }) });
    app().gateway.advance(1_801_000);
    const { reply, deny } = await open();
    expect(reply.body).toContain('This is what you allow');
    expect(reply.body).toContain('value="3600" selected');
    expect(reply.body).not.toContain('name="contents" checked');
    await deny();
  });

  it('leaves alone what the client may do elsewhere', async () => {
    const { gateway, upstream, person } = app();
    const resource = await gateway.addUpstream('other', { url: upstream.url });
    const shop = app().create();
    const tokens = await shop.obtain(person);
    const before = await newest('delegation.created');
    await app().create({ resource }).obtain(person);
    const after = await newest('delegation.created');
    expect(after?.agent).toBe(before?.agent);
    expect((await shop.refresh(tokens.refresh_token)).status).toBe(200);
    const states = await Promise.all(
      [before, after].map(async (record) => {
        const { json } = await gateway.operator('GET', `/v1/delegations/${delegationOf(record)}`);
        const { state, isDefault } = json as { readonly state: string; readonly isDefault: boolean };
        return [state, isDefault];
      }),
    );
    expect(states).toEqual([
      ['active', false],
      ['active', true],
    ]);
  });

  it('is refused as easily, with access_denied', async () => {
    const client = app().create();
    const back = readLocation(await (await open(client.link())).deny());
    expect(Object.fromEntries(back.searchParams)).toMatchObject({
      ...{ error: 'access_denied', state: client.state, iss: app().gateway.url },
    });
    expect(await newest('token.consent_denied')).toMatchObject({ body: { client: APP } });
  });

  it('starts from what the client asks for, and never from more', async () => {
    const wish = { actions: ['shop/pay', 'other/*'], calls: 3, spendMinor: 100, currency: 'EUR' };
    const details = [{ type: 'agent_delegation', purpose: 'Order <b>paper</b>', limits: wish }];
    const { reply, deny } = await open(
      app()
        .create()
        .link({ authorization_details: JSON.stringify(details) }),
    );
    expect(reply.body).toContain('value="shop/pay" checked');
    expect(reply.body).not.toContain('value="shop/echo" checked');
    expect(reply.body).toContain('Order &lt;b&gt;paper');
    expect(reply.body).toContain('May make at most 3 calls');
    await deny();
  });

  it('answers a client that nobody can pose as without asking again, and only that one', async () => {
    const web = () => app().create({ redirectUri: WEB });
    const first = await web().obtain(app().person);
    const again = web();
    const { pathname, search } = new URL(again.link({ prompt: 'none' }));
    const silent = await app().person.request('GET', `${pathname}${search}`);
    const code = readLocation(silent).searchParams.get('code') ?? '';
    expect((await again.exchange(code)).status).toBe(200);
    const native = await open(app().create().link());
    expect(native.id).toBeDefined();
    await native.deny();
    const asked = await open(web().link({ prompt: 'consent' }));
    expect(asked.id).toBeDefined();
    await asked.deny();
    const { gateway } = app();
    const [delegation] = decodeJwt(first.access_token).chain as readonly string[];
    await gateway.operator('POST', `/v1/delegations/${delegation}/revoke`, {});
    const { pathname: path, search: query } = new URL(web().link({ prompt: 'none' }));
    expect((await app().person.request('GET', `${path}${query}`)).body).toContain('token.consent_needed');
  });
});

describe('token.consent-forged: nobody else answers for the person', () => {
  const counts = async () => (await delegations()).length;

  it.each<[string, { readonly [name: string]: string }]>([
    ['another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['another port of this host', { origin: 'http://localhost:1', 'sec-fetch-site': 'same-site' }],
    ['a page without an origin', { origin: 'null', 'sec-fetch-site': 'same-origin' }],
  ])('not %s', async (_what, headers) => {
    const consent = await open();
    const assertion = app().person.passkey.assert(await consent.challenge());
    for (const [step, body] of [
      ['grant', { assertion }],
      ['deny', {}],
      ['choices', tick({})],
    ] as const)
      expect(readError(await consent.send(step, body, headers))[2], step).toBe('person.origin_refused');
    expect((await consent.load()).body).toContain('id="allow"');
    await consent.deny();
  });

  it('not by looking', async () => {
    const before = await counts();
    const { id, load, deny } = await open();
    for (const path of ['', '/grant', '/choices', '/deny', '/challenge'])
      await app().person.request('GET', `/v1/tokens/consents/${id}${path}`);
    await load();
    expect(await counts()).toBe(before);
    expect((await load()).body).toContain('id="allow"');
    await deny();
  });

  it('not another person, not another session of the same one, and nobody without one', async () => {
    const consent = await open();
    const other = await app().gateway.invite('Other owner', ['owner']);
    const foreign = await other.request('GET', `/consents/${consent.id}`);
    expect(readPageCode(foreign)).toBe('token.consent_not_open');
    const assertion = other.passkey.assert(await consent.challenge());
    const path = `/v1/tokens/consents/${consent.id}/grant`;
    expect(readError(await other.request('POST', path, { assertion }))[2]).toBe('token.consent_not_open');
    const { url } = app().gateway;
    const headers = { origin: url, 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' };
    const nobody = await sendHttp({ url: `${url}${path}`, headers, body: JSON.stringify({ assertion }) });
    expect(readError(nobody)[2]).toBe('person.sign_in_required');
    const operator = await app().gateway.operator('POST', path, { assertion });
    expect(readError(operator)[2]).toBe('person.forbidden');
    await consent.deny();
  });

  it('not with another passkey, another challenge, or without verification', async () => {
    const consent = await open();
    for (const reply of [
      await consent.grant({ withAnotherKey: true }),
      await consent.grant({ withoutVerification: true }),
      await consent.grant({ origin: 'https://evil.example' }),
      await consent.grant({ crossOrigin: true }),
      await consent.grant({}, Buffer.alloc(32).toString('base64url')),
    ])
      expect(readError(reply)[2]).toBe('person.passkey_refused');
    await consent.deny();
  });

  it('not for limits changed after they were signed', async () => {
    const consent = await open();
    const signed = await consent.challenge();
    expect((await consent.choose(tick({ seconds: 86_400 }))).status).toBe(200);
    expect(readError(await consent.grant({}, signed))[2]).toBe('person.passkey_refused');
    const stale = await consent.send('challenge', { digest: signed });
    expect(readError(stale)[2]).toBe('token.consent_not_open');
    await consent.deny();
  });

  it('not twice, not after a refusal, and not too late', async () => {
    const once = await open();
    const signed = await once.challenge();
    await once.grant();
    expect(readError(await once.grant({}, signed))[2]).toBe('token.consent_not_open');
    const denied = await open();
    const challenge = await denied.challenge();
    await denied.deny();
    expect(readError(await denied.grant({}, challenge))[2]).toBe('token.consent_not_open');
    const late = await open();
    const kept = await late.challenge();
    app().gateway.advance(16 * 60_000);
    expect(readError(await late.grant({}, kept))[2]).toBe('token.consent_not_open');
    expect((await late.load()).body).toContain('Too late: nothing was allowed');
  });

  it('not for a tool that is not offered, nor for longer than offered', async () => {
    const consent = await open();
    for (const changes of [
      { tools: ['shop/*'] },
      { tools: ['shop/@call'] },
      { tools: ['elsewhere/echo'] },
      { tools: [], contents: false },
      { seconds: 31 * 86_400 },
      { calls: 0 },
      { tools: ['shop/pay'] },
      { tools: ['shop/pay'], spendMinor: 1, currency: 'EURO' },
    ])
      expect((await consent.choose(tick(changes))).status, JSON.stringify(changes)).toBe(400);
    await consent.deny();
  });

  it('not in a frame', async () => {
    const { reply, deny } = await open();
    expect(reply.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(reply.headers['x-frame-options']).toBe('DENY');
    expect(reply.body).not.toMatch(/<script(?![^>]*\ssrc="\/pages\/)|<style|\sstyle=|\son[a-z]+=/);
    await deny();
  });
});

describe('token.consent-windows: one window asks at a time', () => {
  it('a second one says so, and may take over', async () => {
    const first = await open();
    const link = app().create().link();
    const second = await open(link);
    expect(second.id).toBeUndefined();
    expect(second.reply.body).toContain('This application is asking you already');
    expect(second.reply.body).toContain(`/consents/${first.id}`);
    await first.send('replace', {});
    const third = await open(link);
    expect(third.id).toBeDefined();
    expect(readError(await first.deny())[2]).toBe('token.consent_not_open');
    expect((await open(link)).id).toBe(third.id);
    await third.deny();
  });

  it('a flood is bounded for each person', async () => {
    const { documents, person, gateway, resource } = app();
    const seen: (string | undefined)[] = [];
    for (let number = 0; number < 22; number += 1) {
      const clientId = `https://flood${number}.example/c`;
      documents.publish(clientId, describeApp(clientId));
      const client = createRawClient({ url: gateway.url, clientId, redirectUri: NATIVE, resource });
      seen.push((await openConsent(person, client.link())).id);
    }
    expect(seen.filter((id) => id !== undefined)).toHaveLength(20);
  });

  it('a hostile name is text, and its tricks are shown', async () => {
    const clientId = 'https://tricky.example/c';
    app().documents.publish(clientId, describeApp(clientId, { client_name: 'Bank\u202e<script>1</script>' }));
    const other = await app().gateway.invite('Third', ['owner']);
    const { reply } = await openConsent(other, app().create({ clientId }).link());
    expect(reply.body).not.toContain('<script>1');
    expect(reply.body).toContain('U+202E');
    expect(reply.body).not.toContain('\u202e');
  });
});
