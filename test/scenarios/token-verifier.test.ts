import { TokenVerifier } from '@countersign/sdk';
import { makeAgentKey } from '@countersign/testkit';
import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { type Caller, createCaller } from './ground/create-caller.ts';
import { requireDone, useScene } from './ground/use-scene.ts';

const scene = useScene();
const callee = 'https://billing.example/invoices';

async function enrol(): Promise<Caller> {
  return createCaller(await scene().gateway.enrol(), scene().url);
}

/** A service that agents call, and that never asks Countersign about a call. */
function makeVerifier(options: { fetch?: typeof fetch; now?: () => number; audience?: string } = {}) {
  return new TokenVerifier({ issuer: scene().gateway.url, audience: scene().url, ...options });
}

async function show(caller: Caller, forge: object = {}) {
  const proof = await caller.agent.proof({ url: callee, token: caller.token, nonce: null, ...forge });
  return { dpop: { proof, method: 'POST', url: callee } };
}

const codeOf = (attempt: Promise<unknown>): Promise<unknown> =>
  attempt.then(
    () => 'believed',
    (error: { code?: unknown }) => error.code,
  );

const isList = (input: unknown): boolean => String(input).includes('/oauth/status/');

describe('token.verified-by-callee', () => {
  it('says who calls, for whom, under which chain and for which task', async () => {
    const caller = await enrol();
    expect(await makeVerifier().verify(caller.token, await show(caller))).toMatchObject({
      ...{ agentId: caller.agentId, subject: caller.agentId, taskId: caller.task, actors: [] },
      ...{ chain: [caller.delegation], ownerId: scene().gateway.administrator.id },
      id: decodeJwt(caller.token).jti,
    });
  });

  it('believes no stolen, replayed, foreign or changed token', async () => {
    const caller = await enrol();
    const verifier = makeVerifier();
    const thief = { proofKey: await makeAgentKey('ES256') };
    expect(await codeOf(verifier.verify(caller.token, await show(caller, thief)))).toBe(
      'token.proof_invalid',
    );
    const elsewhere = await show(caller, { htu: 'https://billing.example/other' });
    expect(await codeOf(verifier.verify(caller.token, elsewhere))).toBe('token.proof_invalid');
    expect(await codeOf(verifier.verify(caller.token, { certificate: 'A'.repeat(43) }))).toBe(
      'token.proof_invalid',
    );
    const once = await show(caller);
    expect(await codeOf(verifier.verify(caller.token, once))).toBe('believed');
    expect(await codeOf(verifier.verify(caller.token, once))).toBe('token.proof_replayed');
    const other = makeVerifier({ audience: `${scene().gateway.url}/mcp/other` });
    expect(await codeOf(other.verify(caller.token, await show(caller)))).toBe('token.invalid');
    const changed = `${caller.token.slice(0, -8)}AAAAAAAA`;
    expect(await codeOf(verifier.verify(changed, await show(caller)))).toBe('token.invalid');
  });

  it('learns of a revocation within the freshness', async () => {
    const caller = await enrol();
    let late = 0;
    const verifier = makeVerifier({ now: () => Date.now() + late });
    expect(await codeOf(verifier.verify(caller.token, await show(caller)))).toBe('believed');
    const path = `/v1/delegations/${caller.delegation}/revoke`;
    requireDone(await scene().gateway.operator('POST', path, {}));
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(await codeOf(makeVerifier().verify(caller.token, await show(caller)))).toBe('token.revoked');
    late = 10_500;
    const again = await show(caller, { at: Date.now() + late });
    expect(await codeOf(verifier.verify(caller.token, again))).not.toBe('believed');
  });
});

describe('token.status-fails-closed', () => {
  it('with the list out of reach no token older than its freshness is believed', async () => {
    const caller = await enrol();
    let late = 0;
    const now = () => Date.now() + late;
    const cutOff = ((input: string, init: object) =>
      isList(input) ? Promise.reject(new Error('cut off')) : fetch(input, init)) as typeof fetch;
    const verifier = makeVerifier({ fetch: cutOff, now });
    expect(await codeOf(verifier.verify(caller.token, await show(caller)))).toBe('believed');
    late = 11_000;
    expect(await codeOf(verifier.verify(caller.token, await show(caller, { at: now() })))).toBe(
      'token.status_unknown',
    );
  });

  it('with a list that is old, or of another, neither', async () => {
    const caller = await enrol();
    let late = 0;
    let kept: string | undefined;
    const now = () => Date.now() + late;
    const stale = (async (input: string, init: object) => {
      if (!isList(input)) return fetch(input, init);
      kept ??= await (await fetch(input, init)).text();
      return new Response(kept);
    }) as typeof fetch;
    const verifier = makeVerifier({ fetch: stale, now });
    expect(await codeOf(verifier.verify(caller.token, await show(caller)))).toBe('believed');
    late = 11_000;
    expect(await codeOf(verifier.verify(caller.token, await show(caller, { at: now() })))).toBe(
      'token.status_unknown',
    );
    const forged = (async (input: string, init: object) =>
      isList(input) ? new Response(caller.token) : fetch(input, init)) as typeof fetch;
    const second = makeVerifier({ fetch: forged, now });
    expect(await codeOf(second.verify(caller.token, await show(caller, { at: now() })))).toBe(
      'token.status_unknown',
    );
  });
});
