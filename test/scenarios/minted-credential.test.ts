import { generateKeyPairSync } from 'node:crypto';
import {
  connectAccount,
  type Github,
  hostileProgram,
  type Issuer,
  serveLoopback,
  startGateway,
  startGithub,
  startIssuer,
  startProtectedUpstream,
  startSts,
  type TestGateway,
} from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isResult, readRefusal } from '../attacks/ground/read-refusal.ts';
import { createCaller, readText } from './ground/create-caller.ts';
import { readEvidence, waitForRecord } from './ground/read-evidence.ts';
import { PERMIT_ALL, requireDone } from './ground/use-scene.ts';

const ends: (() => Promise<void>)[] = [];
let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
  ends.push(() => gateway.stop());
  requireDone(await gateway.activatePolicy(PERMIT_ALL));
}, 60_000);

afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

const until = <T extends { close(): Promise<void> }>(started: T): T => {
  ends.push(() => started.close());
  return started;
};
const clientKey = generateKeyPairSync('ec', { namedCurve: 'P-256' });

async function openIssuer(options: Parameters<typeof startIssuer>[0] = {}): Promise<Issuer> {
  const jwk = { ...clientKey.publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'ES256', use: 'sig' };
  const client = {
    client_id: 'house',
    token_endpoint_auth_method: 'private_key_jwt' as const,
    token_endpoint_auth_signing_alg: 'ES256' as const,
    grant_types: [
      'client_credentials',
      ...(options.exchange ? ['urn:ietf:params:oauth:grant-type:token-exchange'] : []),
    ],
    redirect_uris: [],
    response_types: [],
    jwks: { keys: [jwk] },
  };
  return until(await startIssuer({ clients: [client], ...options }));
}

describe('upstream.minted-credential', () => {
  it('is got with client credentials, once for each task, and ended with it', async () => {
    const issuer = await openIssuer();
    const upstream = until(await startProtectedUpstream({ issuer }));
    const jwk = { ...clientKey.privateKey.export({ format: 'jwk' }), kid: 'one' };
    await gateway.storeSecret('house-key', JSON.stringify(jwk));
    const url = await gateway.addUpstream('cc', {
      url: upstream.url,
      credential: {
        kind: 'client-credentials',
        allowPrivate: true,
        clientId: 'house',
        privateKey: '{secret:house-key}',
        scopes: ['files:read'],
      },
    });
    const callers = [createCaller(await gateway.enrol(), url), createCaller(await gateway.enrol(), url)];
    const asked = issuer.grants.length;
    const calls = callers.flatMap((caller) => [1, 2, 3].map((i) => caller.call('echo', { text: `${i}` })));
    for (const reply of await Promise.all(calls)) expect(readText(reply)).toBe('for house');
    expect(issuer.grants.length - asked).toBe(2);
    const sent = new Map(
      upstream.journal.calls().map(({ headers }) => [headers.authorization?.slice(7) ?? '', true]),
    );
    expect(sent.size).toBe(2);

    const [first] = callers;
    if (first === undefined) throw new Error('nobody called');
    const { outcome } = await readEvidence(gateway, { agent: first.agentId, tool: 'cc/echo' });
    const [minted] = await gateway.records({ kind: 'upstream.credential_minted', task: first.task });
    expect(outcome.body).toMatchObject({ credential: { kind: 'client-credentials', minted: minted?.id } });
    const good = async () => (await Promise.all([...sent.keys()].map(issuer.verify))).filter(Boolean).length;
    expect(await good()).toBe(2);
    await first.agent.endTask(first.task);
    await expect.poll(good).toBe(1);
    const trail = JSON.stringify(await gateway.records());
    for (const token of sent.keys()) expect(trail).not.toContain(token);
  });

  it('is exchanged for what this server states about person, agent and task', async () => {
    const issuer = await openIssuer({ exchange: { trusts: gateway.url } });
    const upstream = until(await startProtectedUpstream({ issuer }));
    const url = await gateway.addUpstream('exchanged', {
      url: upstream.url,
      credential: {
        kind: 'token-exchange',
        allowPrivate: true,
        clientId: 'house',
        privateKey: '{secret:house-key}',
      },
    });
    const caller = createCaller(await gateway.enrol(), url);
    expect(readText(await caller.call('echo', { text: 'hi' }))).toBe(`for ${gateway.administrator.id}`);
    const token = upstream.journal.calls()[0]?.headers.authorization?.slice(7) ?? '';
    const known = await issuer.verify(token);
    expect(known?.subject).toMatchObject({
      iss: gateway.url,
      aud: issuer.url,
      sub: gateway.administrator.id,
      act: { sub: caller.agentId },
      task: caller.task,
    });
    // The statement is for that issuer alone: here it is no token.
    const seen = issuer.grants.find(({ parameters }) => parameters.subject_token !== undefined);
    const stolen = String(seen?.parameters.subject_token);
    const reply = await caller.send(
      { message: { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }, headers: {} },
      { token: stolen, scheme: 'Bearer' },
    );
    expect(readRefusal(reply)).toBe('token.invalid');
    expect(JSON.stringify(issuer.grants)).not.toContain(caller.token);
  });

  it("exchanges a person's token for one per task where their issuer can", async () => {
    const issuer = await openIssuer({ exchange: {} });
    const upstream = until(await startProtectedUpstream({ issuer }));
    const url = await gateway.addUpstream('per-task', {
      url: upstream.url,
      credential: { kind: 'oauth-user', allowPrivate: true, scopes: ['files:read'] },
    });
    requireDone(await connectAccount(gateway.administrator, 'per-task', 'ada@files'));
    await waitForRecord(gateway, 'upstream.tools_pinned', { upstream: 'per-task' });
    upstream.journal.forget();
    for (const caller of [
      createCaller(await gateway.enrol(), url),
      createCaller(await gateway.enrol(), url),
    ]) {
      expect(readText(await caller.call('echo', { text: 'hi' }))).toBe('for ada@files');
    }
    const tokens = upstream.journal.calls().map(({ headers }) => headers.authorization);
    expect(new Set(tokens).size).toBe(2);
    expect(issuer.grants.filter(({ grant }) => grant.endsWith('token-exchange')).length).toBe(2);
  });

  it('is bound to a key where issuer and upstream can, with the nonce that the upstream wants', async () => {
    const issuer = await openIssuer({ dpop: true });
    const upstream = until(await startProtectedUpstream({ issuer, dpop: { nonce: 'nonce-of-the-day' } }));
    const url = await gateway.addUpstream('bound', {
      url: upstream.url,
      credential: { kind: 'oauth-user', allowPrivate: true, scopes: ['files:read'] },
    });
    requireDone(await connectAccount(gateway.administrator, 'bound', 'ada@files'));
    const refreshed = await gateway.operator('POST', '/v1/upstreams/bound/tools/refresh');
    expect(readRefusal(refreshed) ?? 'done').toBe('done');
    const made = await waitForRecord(gateway, 'upstream.connection_made', { upstream: 'bound' });
    expect(made).toMatchObject({ body: { bound: true } });
    const caller = createCaller(await gateway.enrol(), url);
    expect(readText(await caller.call('echo', { text: 'hi' }))).toBe('for ada@files');
    const calls = upstream.journal.calls();
    expect(calls.at(-1)?.headers.authorization).toMatch(/^DPoP /);
    expect(readText(await caller.call('echo', { text: 'again' }))).toBe('for ada@files');
    const proofs = upstream.journal.calls().map(({ headers }) => headers.dpop);
    expect(new Set(proofs).size).toBe(proofs.length);
  });

  it('is narrowed at GitHub, ended with the task, and refused when it is wider', async () => {
    const app = generateKeyPairSync('rsa', { modulusLength: 2048 });
    let isGenerous = false;
    const github: Github = until(
      await startGithub({
        publicKey: app.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
        appId: 'Iv1.house',
        installationId: '4711',
        isGenerous: () => isGenerous,
      }),
    );
    const pem = app.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
    await gateway.storeSecret('github-key', Buffer.from(pem).toString('base64'));
    const upstream = until(
      await startProtectedUpstream({
        issuer: {
          url: 'https://github.example',
          verify: async (token) =>
            github.tokens.has(token) ? { account: 'the app', jkt: undefined } : undefined,
        },
        // An upstream that sends the credential back.
        call: () => ({ content: [{ type: 'text', text: [...github.tokens.keys()].join(' ') }] }),
      }),
    );
    const url = await gateway.addUpstream('github', {
      url: upstream.url,
      credential: {
        kind: 'github-app',
        allowPrivate: true,
        apiUrl: github.url,
        appId: 'Iv1.house',
        installationId: '4711',
        privateKey: '{secret:github-key}',
        repositories: ['shop'],
        permissions: { contents: 'read', issues: 'write' },
      },
    });
    const caller = createCaller(await gateway.enrol(), url);
    const reply = await caller.call('echo', { text: 'hi' });
    expect(isResult(reply), reply.body).toBe(true);
    const token = upstream.journal.calls()[0]?.headers.authorization?.slice(7) ?? '';
    expect(reply.body).not.toContain(token);
    expect(github.tokens.get(token)).toEqual({
      permissions: { contents: 'read', issues: 'write', metadata: 'read' },
      repositories: [{ name: 'shop' }],
    });
    await caller.agent.endTask(caller.task);
    await expect.poll(() => github.tokens.has(token)).toBe(false);

    isGenerous = true;
    const next = createCaller(await gateway.enrol(), url);
    expect(readRefusal(await next.call('echo', { text: 'hi' }))).toBe('upstream.lied');
    expect(upstream.journal.calls().length).toBe(1);
    expect(JSON.stringify(await gateway.records())).not.toContain(token);
  });

  it('is a session of AWS for one task in the environment of a program, and never comes back', async () => {
    const roleArn = 'arn:aws:iam::123456789012:role/agents';
    const sts = until(await startSts({ trusts: gateway.url, roleArn }));
    const sessionPolicy = '{"Version":"2012-10-17","Statement":[]}';
    const url = await gateway.addUpstream('aws', {
      program: hostileProgram('show environment'),
      credential: {
        kind: 'aws-sts',
        allowPrivate: true,
        endpoint: sts.url,
        roleArn,
        region: 'eu-central-1',
        sessionPolicy,
      },
    });
    const caller = createCaller(await gateway.enrol(), url);
    const reply = await caller.call('echo', { text: 'hi' });
    const session = sts.sessions.find(({ name }) => name === caller.task);
    expect(session).toMatchObject({ subject: caller.agentId, policy: sessionPolicy, durationSeconds: 900 });
    const text = readText(reply);
    expect(text).toContain('AWS_SESSION_TOKEN');
    expect(text).toContain('AWS_REGION');
    for (const value of [session?.secretAccessKey ?? '?', session?.sessionToken ?? '?'])
      expect(reply.body).not.toContain(value);
    const trail = JSON.stringify(await gateway.records());
    expect(trail).not.toContain(session?.sessionToken);
  });

  it('is missing when its issuer fails, and then nothing is sent; a stop does not wait for it', async () => {
    let mode: 'good' | 'failing' | 'redirecting' | 'hanging' = 'good';
    let thieves = 0;
    const issuer = until(
      await serveLoopback((request, _body, response) => {
        const url = `http://${request.headers.host}`;
        if (request.url === '/thief') thieves++;
        if (request.url?.startsWith('/.well-known/') === true)
          return response.end(JSON.stringify({ issuer: url, token_endpoint: `${url}/token` }));
        if (mode === 'failing')
          return response
            .writeHead(400, { 'content-type': 'application/json' })
            .end(JSON.stringify({ error: 'invalid_client' }));
        if (mode === 'redirecting') return response.writeHead(307, { location: '/thief' }).end();
        if (mode === 'hanging') return undefined;
        const token = { access_token: 'token-of-the-house', token_type: 'Bearer', expires_in: 600 };
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(token));
      }),
    );
    const verify = async () => ({ account: 'house', jkt: undefined });
    const upstream = until(await startProtectedUpstream({ issuer: { url: issuer.url, verify } }));
    await gateway.storeSecret('house-secret', 'a-secret-of-the-house');
    const url = await gateway.addUpstream('shaky', {
      url: upstream.url,
      credential: {
        kind: 'client-credentials',
        allowPrivate: true,
        clientId: 'house',
        clientSecret: '{secret:house-secret}',
      },
    });
    const call = async () => {
      const caller = createCaller(await gateway.enrol(), url);
      return { caller, reply: caller.call('echo', { text: 'hi' }) };
    };
    for (const [next, wanted] of [
      ['failing', 'upstream.credential_unavailable'],
      ['redirecting', 'upstream.redirect_refused'],
    ] as const) {
      mode = next;
      expect(readRefusal(await (await call()).reply)).toBe(wanted);
    }
    mode = 'hanging';
    const { caller, reply } = await call();
    const before = Date.now();
    await gateway.operator('POST', '/v1/signals', {
      scope: 'agent',
      target: caller.agentId,
      reason: 'A drill',
    });
    expect(readRefusal(await reply)).toBe('signal.stopped');
    expect(Date.now() - before).toBeLessThan(8_000);
    expect(upstream.journal.calls()).toEqual([]);
    expect(thieves).toBe(0);
    mode = 'good';
    expect(readText(await (await call()).reply)).toBe('for house');
  });
});
