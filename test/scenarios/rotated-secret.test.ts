import { startGateway, type TestGateway } from '@countersign/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isResult, readRefusal } from '../attacks/ground/read-refusal.ts';
import { type Caller, createCaller } from './ground/create-caller.ts';
import { type PickyUpstream, startPickyUpstream } from './ground/start-picky-upstream.ts';
import { PERMIT_ALL, requireDone } from './ground/use-scene.ts';

const ends: (() => Promise<void>)[] = [];
let gateway: TestGateway;
let upstream: PickyUpstream;
let caller: Caller;
let round = 0;

beforeAll(async () => {
  upstream = await startPickyUpstream();
  ends.push(() => upstream.close());
  gateway = await startGateway();
  ends.push(() => gateway.stop());
  await gateway.storeSecret('shop-key', 'sk-live-of-the-first');
  upstream.accept('sk-live-of-the-first');
  const url = await gateway.addUpstream('shop', {
    url: upstream.url,
    headers: { 'x-api-key': '{secret:shop-key}' },
  });
  requireDone(await gateway.activatePolicy(PERMIT_ALL));
  caller = createCaller(await gateway.enrol(), url);
}, 60_000);

afterAll(async () => {
  for (const end of ends.reverse()) await end();
});

/** Keys of this test alone: what it is rotated from and to. */
let before: string;
let after: string;
beforeEach(async () => {
  round++;
  before = `sk-live-before-${round}-5af3`;
  after = `sk-live-after-${round}-9c41`;
  await gateway.storeSecret('shop-key', before);
  upstream.accept(before);
  upstream.refuseWith(401);
  upstream.journal.forget();
});

const rotate = async (overlapSeconds = 600): Promise<void> => {
  requireDone(
    await gateway.operator('POST', '/v1/secrets/shop-key/rotate', { value: after, overlapSeconds }),
  );
};
const fallbacks = () => gateway.records({ kind: 'secret.fell_back' });

describe('secret.rotated', () => {
  it('uses the new value from the next call on', async () => {
    upstream.accept(before, after);
    expect(isResult(await caller.call('echo', { text: 'one' }))).toBe(true);
    await rotate();
    expect(isResult(await caller.call('echo', { text: 'two' }))).toBe(true);
    expect(upstream.keys()).toEqual([before, after]);
  });

  it('falls back once where the upstream does not know the new value yet, on record', async () => {
    const known = (await fallbacks()).length;
    await rotate();
    const reply = await caller.call('echo', { text: 'hello' });
    expect(isResult(reply), reply.body).toBe(true);
    expect(upstream.keys()).toEqual([after, before]);
    const [record] = (await fallbacks()).slice(known);
    expect(record).toMatchObject({ kind: 'secret.fell_back', upstream: 'shop', tool: 'echo' });
    const versions = {
      refused: expect.stringMatching(/^shop-key@/),
      used: expect.stringMatching(/^shop-key@/),
    };
    expect(record).toMatchObject({ body: versions });
    expect(JSON.stringify(record)).not.toMatch(/sk-live/);
    upstream.accept(after);
    await caller.call('echo', { text: 'again' });
    expect(upstream.keys()).toEqual([after, before, after]);
  });

  it('never sends a request a third time', async () => {
    await rotate();
    upstream.accept();
    const reply = await caller.call('echo', { text: 'hello' });
    expect(readRefusal(reply)).toBe('upstream.credential_refused');
    expect(upstream.keys()).toEqual([after, before]);
  });

  it.each([403, 500, 503])('repeats nothing that may have been acted on: status %i', async (status) => {
    await rotate();
    upstream.refuseWith(status);
    const reply = await caller.call('echo', { text: 'hello' });
    expect(isResult(reply)).toBe(false);
    expect(upstream.keys()).toEqual([after]);
  });

  it('shows the agent neither value, whichever it was', async () => {
    await rotate();
    upstream.accept(before, after);
    const reply = await caller.call('echo', { text: 'hello' });
    expect(reply.body).toContain('redacted by countersign');
    for (const value of [before, after]) expect(reply.body).not.toContain(value);
    const trail = JSON.stringify(await gateway.records());
    for (const value of [before, after]) expect(trail).not.toContain(value);
  });

  it('sends the value before no more once the overlap is over', async () => {
    await rotate(60);
    gateway.advance(60_000);
    const later = createCaller({ ...caller, token: await caller.renew() }, `${gateway.url}/mcp/shop`);
    const reply = await later.call('echo', { text: 'hello' });
    expect(readRefusal(reply)).toBe('upstream.credential_refused');
    expect(upstream.keys()).toEqual([after]);
  });
});
