import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '@countersign/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Context } from '../context.ts';
import { openTestHouse, type TestHouse } from '../people/open-test-house.ts';
import { createPlatform } from '../platform/platform.ts';
import { openTestStore, type TestStore } from '../plugins/database/open-test-store.ts';
import { createTestRows } from '../tokens/test-rows.ts';
import { loadConsoleFiles } from './console-files.ts';
import { checkReadiness } from './health.ts';
import { writeOperatorToken } from './operator-token.ts';

let test: TestStore;
let house: TestHouse;
let folder: string;
let agentId: string;

const tokens: Pick<Context['tokens'], 'findCertificate' | 'issuer' | 'nextNonce' | 'verifyPresented'> = {
  findCertificate: () => undefined,
  issuer: 'http://issuer.test',
  nextNonce: () => 'next',
  verifyPresented: async (presented) => {
    if (presented.dpop.length !== 1)
      throw new AppError('token.proof_invalid', { headers: { 'DPoP-Nonce': 'next' } });
    return {
      ...{ agentId, subject: agentId, clientId: agentId, ownerId: 'per_1', chain: [] },
      ...{ binding: { kind: 'dpop', jkt: 'key' }, key: 'key', registeredKey: 'key', workload: null },
      callDigest: null,
      ...{ issuedAt: 0, expiresAt: 1, jti: 'j', tokenHash: 'hash' },
      taskId: presented.authorization[0] === 'DPoP task' ? 'tsk_1' : null,
    };
  },
};

beforeAll(async () => {
  test = await openTestStore();
  folder = await mkdtemp(join(tmpdir(), 'countersign-console-'));
  await mkdir(join(folder, 'dist', 'assets'), { recursive: true });
  await writeFile(join(folder, 'secret.html'), 'secret');
  await writeFile(join(folder, 'dist', 'index.html'), '<p>console</p>');
  await writeFile(join(folder, 'dist', 'assets', 'index-0a1b2c3d.js'), 'go()');
  const own = "default-src 'none'; script-src 'sha256-x'";
  const head = `<meta http-equiv="content-security-policy" content="${own}">`;
  await writeFile(join(folder, 'dist', 'own.html'), head);
  await writeFile(join(folder, 'dist', 'notes.map'), 'map');
  await symlink(join(folder, 'secret.html'), join(folder, 'dist', 'link.html'));
  const consoleFiles = await loadConsoleFiles(join(folder, 'dist'));
  const platform = createPlatform();
  house = await openTestHouse({ store: test.store, now: platform.now, fetch, tokens, consoleFiles });
  const rows = createTestRows({ store: test.store, platform });
  agentId = await rows.addAgent({ owner: await rows.addPerson(), jwk: {}, thumbprint: 'key' });
});

afterAll(async () => {
  await house.close();
  await test.remove();
  await rm(folder, { recursive: true });
});

const codeOf = async (response: Response): Promise<string> => (await response.json()).code;

/** Sends the request's bytes as they are: fetch would tidy them up. */
function sendRaw(head: string): Promise<string> {
  const socket = createConnection({ port: Number(new URL(house.origin).port), host: '127.0.0.1' });
  socket.end(head);
  return new Promise((resolve, reject) => {
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('end', () => resolve(answer)).on('error', reject);
  });
}

describe('the control plane', () => {
  it('answers health and version to anybody', async () => {
    expect(await (await house.fetch('/livez')).text()).toBe('ok');
    expect(await (await house.fetch('/readyz?verbose')).json()).toEqual({ ready: true, parts: {} });
    expect(await (await house.fetch('/version')).json()).toEqual({
      name: 'countersign',
      version: '0.0.0',
      environment: 'development',
    });
    const { openapi, paths } = await (await house.fetch('/openapi.json')).json();
    expect(openapi).toBe('3.1.0');
    expect(Object.keys(paths)).toContain('/v1/approvals/{id}/approve');
  });

  it('says which part is not ready, and no more', async () => {
    const hung = new Promise<never>(() => {});
    const failing = () => Promise.reject(new Error('password=hunter2'));
    const readiness = await checkReadiness({ store: () => {}, policies: failing, slow: () => hung });
    expect(readiness).toEqual({ ready: false, parts: { store: 'ok', policies: 'failed', slow: 'failed' } });
  });

  it('refuses with problem details and a request id', async () => {
    const response = await house.fetch('/v1/nothing');
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    const { requestId, ...problem } = await response.json();
    expect(problem).toEqual({
      type: 'urn:countersign:error:server.not_found',
      title: 'There is nothing here.',
      status: 404,
      code: 'server.not_found',
    });
    expect(requestId).toBe(response.headers.get('x-request-id'));
  });

  it('serves a page that sets its own policy with that one, and lets nobody frame it', async () => {
    const read = async (path: string) => (await house.fetch(path)).headers.get('content-security-policy');
    expect(await read('/own.html')).toBe("default-src 'none'; script-src 'sha256-x'; frame-ancestors 'none'");
    expect(await read('/index.html')).toContain("script-src 'self'");
  });

  it('bounds bodies, announced or not', async () => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' } };
    const large = `"${'x'.repeat(300_000)}"`;
    expect(await codeOf(await house.fetch('/v1/people', { ...init, body: large }))).toBe(
      'server.request_too_large',
    );
    const stream = new Blob([large]).stream();
    const streamed = await house.fetch('/v1/people', {
      ...init,
      body: stream,
      duplex: 'half',
    } as RequestInit);
    expect(await codeOf(streamed)).toBe('server.request_too_large');
  });

  it.each(['{"a":1,"a":2}', '{"__proto__":{}}', '{', '['.repeat(100), '"\\ud800"', '1e999'])(
    'refuses the body %s',
    async (body) => {
      const response = await house.fetch('/v1/people', { method: 'POST', body });
      expect(await codeOf(response)).toBe('server.request_invalid');
    },
  );
});

describe('the operator token', () => {
  const ask = (authorization: string, headers = {}) =>
    house.fetch('/v1/people', { headers: { ...headers, authorization } });

  it('administers from this machine', async () => {
    expect((await ask(`Bearer ${house.operatorToken}`)).status).toBe(200);
  });

  it('is refused when it is wrong or was forwarded', async () => {
    expect(await codeOf(await ask(`Bearer cso_${'B'.repeat(43)}`))).toBe('token.invalid');
    expect(await codeOf(await ask('Bearer cso_'))).toBe('token.invalid');
    for (const name of ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip']) {
      const response = await ask(`Bearer ${house.operatorToken}`, { [name]: '127.0.0.1' });
      expect(await codeOf(response)).toBe('token.invalid');
    }
  });

  it('never falls back to the cookie', async () => {
    const { cookie } = await house.addPerson();
    expect((await ask(`Bearer cso_${'B'.repeat(43)}`, { cookie })).status).toBe(401);
  });

  it('is new at each start and readable by its owner alone', async () => {
    const platform = createPlatform();
    const token = await writeOperatorToken(folder, platform);
    const path = join(folder, 'operator.token');
    expect((await readFile(path, 'utf8')).trim()).toBe(token);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await writeOperatorToken(folder, platform)).not.toBe(token);
  });
});

describe('an agent', () => {
  it('is known by its control token and proof, and gets the next nonce', async () => {
    const response = await house.fetch('/v1/people', {
      headers: { authorization: 'DPoP control', dpop: 'proof' },
    });
    expect(await codeOf(response)).toBe('person.forbidden');
    expect(response.headers.get('dpop-nonce')).toBe('next');
  });

  it("is refused with a task's token, and without a proof told the nonce", async () => {
    const task = await house.fetch('/v1/people', { headers: { authorization: 'DPoP task', dpop: 'proof' } });
    expect(await codeOf(task)).toBe('token.audience_mismatch');
    const bare = await house.fetch('/v1/people', { headers: { authorization: 'DPoP control' } });
    expect(bare.headers.get('dpop-nonce')).toBe('next');
    expect(await codeOf(bare)).toBe('token.proof_invalid');
  });
});

describe('the console', () => {
  it('is served with types, for ever where the name holds the content', async () => {
    const script = await house.fetch('/assets/index-0a1b2c3d.js');
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(await script.text()).toBe('go()');
    const page = await house.fetch('/index.html');
    expect(page.headers.get('cache-control')).toBe('no-cache');
    const etag = page.headers.get('etag') ?? '';
    expect((await house.fetch('/index.html', { headers: { 'if-none-match': etag } })).status).toBe(304);
  });

  it('answers every address of its own with its page, and no other', async () => {
    const headers = { accept: 'text/html' };
    for (const path of ['/', '/agents', '/approvals']) {
      expect(await (await house.fetch(path, { headers })).text()).toBe('<p>console</p>');
    }
    for (const path of ['/v1/x', '/assets/x.js', '/oauth/x', '/notes.map', '/link.html']) {
      expect((await house.fetch(path, { headers })).status).not.toBe(200);
    }
  });

  it.each([
    '/../secret.html',
    '/%2e%2e/secret.html',
    '/..%2fsecret.html',
    '/assets/../../secret.html',
    '//secret.html',
  ])('never leaves its folder for %s', async (path) => {
    const answer = await sendRaw(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 4\d\d/);
    expect(answer).not.toContain('\r\n\r\nsecret');
  });
});
