import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  connectAccount,
  type Issuer,
  startGateway,
  startIssuer,
  startProtectedUpstream,
  type TestGateway,
  type TestPerson,
  type Upstream,
} from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRefusal } from '../attacks/ground/read-refusal.ts';
import { type Caller, createCaller, readText } from './ground/create-caller.ts';
import { waitForRecord } from './ground/read-evidence.ts';
import { PERMIT_ALL, requireDone } from './ground/use-scene.ts';

let gateway: TestGateway;
let issuer: Issuer;
let upstream: Upstream;
let ada: TestPerson;
let ben: TestPerson;
let url: string;
let forAda: Caller;
let forBen: Caller;

beforeAll(async () => {
  issuer = await startIssuer({ accessTokenSeconds: 60 });
  upstream = await startProtectedUpstream({ issuer });
  gateway = await startGateway();
  requireDone(await gateway.activatePolicy(PERMIT_ALL));
  url = await gateway.addUpstream('files', {
    url: upstream.url,
    credential: { kind: 'oauth-user', allowPrivate: true, scopes: ['files:read'] },
  });
  ada = gateway.administrator;
  ben = await gateway.invite('Ben', ['owner']);
}, 60_000);

afterAll(async () => {
  await gateway?.stop();
  await upstream?.close();
  await issuer?.close();
});

describe('upstream.connected-account', () => {
  it('refuses a call until the person has connected, and says where they do', async () => {
    const caller = createCaller(await gateway.enrol({ owner: ada }), url);
    expect(upstream.journal.calls()).toEqual([]);
    const connected = await connectAccount(ada, 'files', 'ada@files');
    expect(connected.status, connected.body).toBe(200);
    await waitForRecord(gateway, 'upstream.tools_pinned', { upstream: 'files' });
    forAda = caller;
    forBen = createCaller(await gateway.enrol({ owner: ben }), url);
    const refused = await forBen.call('echo', { text: 'hi' });
    expect(readRefusal(refused)).toBe('upstream.connection_needed');
    expect(refused.body).toContain(`${gateway.url}/upstreams/files/connect`);
    expect(upstream.journal.calls()).toEqual([]);
  });

  it('makes each call as the right person', async () => {
    requireDone(await connectAccount(ben, 'files', 'ben@files'));
    expect(readText(await forAda.call('echo', { text: 'hi' }))).toBe('for ada@files');
    expect(readText(await forBen.call('echo', { text: 'hi' }))).toBe('for ben@files');
    expect(readText(await forAda.call('echo', { text: 'again' }))).toBe('for ada@files');
  });

  it('refreshes once, however many calls find the token old', async () => {
    const callers = await Promise.all(
      [ada, ada, ada, ada].map(async (owner) => createCaller(await gateway.enrol({ owner }), url)),
    );
    const before = issuer.grants.filter(({ grant }) => grant === 'refresh_token').length;
    gateway.advance(46_000);
    const calls = [forAda, ...callers].flatMap((caller) =>
      Array.from({ length: 4 }, (_, i) => caller.call('echo', { text: `storm ${i}` })),
    );
    for (const reply of await Promise.all(calls)) expect(readText(reply)).toBe('for ada@files');
    const refreshes = issuer.grants.filter(({ grant }) => grant === 'refresh_token');
    expect(refreshes.length - before).toBe(1);
    expect(refreshes.at(-1)?.ok).toBe(true);
    const refreshed = await waitForRecord(gateway, 'upstream.connection_refreshed', { person: ada.id });
    expect(refreshed).toMatchObject({ body: { rotated: true } });
  });

  it('says in the records which credential was used, and holds no token', async () => {
    const [outcome] = await gateway.records({ kind: 'action.outcome', agent: forAda.agentId });
    const { credential } = (outcome?.body ?? {}) as {
      credential?: { kind: string; minted: string; connection: string };
    };
    const [minted] = await gateway.records({ kind: 'upstream.credential_minted', agent: forAda.agentId });
    expect(credential).toMatchObject({ kind: 'oauth-user', minted: minted?.id });
    expect(minted).toMatchObject({
      person: ada.id,
      task: forAda.task,
      body: { credential: 'oauth-user', issuer: issuer.url, connection: credential?.connection },
    });
    const tokens = readTokens(upstream);
    expect(tokens.length).toBeGreaterThan(1);
    const trail = JSON.stringify(await gateway.records());
    const stored = (await readdir(gateway.folder, { recursive: true, withFileTypes: true }))
      .filter((one) => one.isFile())
      .map((one) => readFile(join(one.parentPath, one.name), 'latin1'));
    const files = (await Promise.all(stored)).join('');
    for (const token of tokens) {
      expect(trail).not.toContain(token);
      expect(files).not.toContain(token);
    }
  });

  it('never sends on what the agent came with', () => {
    const seen = JSON.stringify([upstream.journal.entries, issuer.grants]);
    for (const { token } of [forAda, forBen]) expect(seen).not.toContain(token);
  });

  it('ends, and says what to do, once the issuer no longer honours it', async () => {
    await issuer.revoke('ada@files');
    const refused = await forAda.call('echo', { text: 'hi' });
    expect(readRefusal(refused)).toBe('upstream.connection_needed');
    expect(refused.body).toContain(`${gateway.url}/upstreams/files/connect`);
    const ended = await waitForRecord(gateway, 'upstream.connection_ended', { person: ada.id });
    expect(ended).toMatchObject({ body: { reason: 'refused_by_issuer' } });
    const asked = issuer.grants.length;
    expect(readRefusal(await forAda.call('echo', { text: 'hi' }))).toBe('upstream.connection_needed');
    expect(issuer.grants.length).toBe(asked);
    requireDone(await connectAccount(ada, 'files', 'ada@elsewhere'));
    expect(readText(await forAda.call('echo', { text: 'hi' }))).toBe('for ada@elsewhere');
  });

  it('ends by the person themselves, at the issuer too, and by nobody else', async () => {
    const listed = await ada.request('GET', '/v1/upstreams/files/connections');
    const { items } = requireDone<{ items: { id: string; personId: string }[] }>(listed);
    expect(items.map(({ personId }) => personId).sort()).toEqual([ada.id, ben.id].sort());
    const own = requireDone<{ items: { id: string; personId: string }[] }>(
      await ben.request('GET', '/v1/upstreams/files/connections'),
    );
    expect(own.items.map(({ personId }) => personId)).toEqual([ben.id]);
    const adas = items.find(({ personId }) => personId === ada.id)?.id ?? '';
    const path = `/v1/upstreams/files/connections/${adas}`;
    expect(readRefusal(await ben.request('DELETE', path))).toBe('upstream.connection_not_found');
    const token = readTokens(upstream).at(-1) ?? '';
    expect(await issuer.verify(token)).toBeDefined();
    const waiting = forAda.call('echo', { text: 'wait for ever' });
    await expect
      .poll(() => upstream.journal.calls('echo').at(-1)?.arguments)
      .toEqual({ text: 'wait for ever' });
    expect((await ada.request('DELETE', path)).status).toBe(204);
    expect(readRefusal(await waiting)).toBe('upstream.connection_needed');
    expect(await issuer.verify(token)).toBeUndefined();
    expect(readRefusal(await forAda.call('echo', { text: 'hi' }))).toBe('upstream.connection_needed');
    requireDone(await connectAccount(ada, 'files', 'ada@files'));
  });

  it('ends with the person, and a return brings it not back', async () => {
    expect(readText(await forBen.call('echo', { text: 'hi' }))).toBe('for ben@files');
    const token = readTokens(upstream).at(-1) ?? '';
    requireDone(await gateway.operator('POST', `/v1/people/${ben.id}/suspend`));
    expect(readRefusal(await forBen.call('echo', { text: 'hi' }))).toBeDefined();
    const ended = await waitForRecord(gateway, 'upstream.connection_ended', { person: ben.id });
    expect(ended).toMatchObject({ body: { reason: 'person_suspended' } });
    await expect.poll(() => issuer.verify(token)).toBeUndefined();
    requireDone(await gateway.operator('POST', `/v1/people/${ben.id}/resume`));
    const later = createCaller(await gateway.enrol({ owner: ben }), url);
    expect(readRefusal(await later.call('echo', { text: 'hi' }))).toBe('upstream.connection_needed');
  });

  it('is not used at another place, and ends when its upstream moves there', async () => {
    const other = await startProtectedUpstream({ issuer });
    const settings = {
      url: other.url,
      allowPrivate: true,
      credential: { kind: 'oauth-user', allowPrivate: true, scopes: ['files:read'] },
    };
    requireDone(await gateway.operator('PUT', '/v1/upstreams/files', { kind: 'mcp-http', settings }));
    expect(readRefusal(await forAda.call('echo', { text: 'hi' }))).toBe('upstream.connection_needed');
    expect(readTokens(other)).toEqual([]);
    const [ended] = await gateway.records({ kind: 'upstream.connection_ended', person: ada.id });
    expect(ended).toMatchObject({ body: { reason: 'upstream_changed' } });
    await other.close();
  });
});

/** Every token that came to the upstream, the newest last. */
function readTokens({ journal }: Upstream): string[] {
  return journal.entries.flatMap(({ headers }) => headers.authorization?.split(' ')[1] ?? []);
}
