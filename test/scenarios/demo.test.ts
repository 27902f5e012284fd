import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { joinPerson, type TestPerson } from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningCommand, runCountersign, startCountersign } from './run-countersign.ts';

describe('server.demo', () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-demo-'));
  const data = join(folder, 'data');
  let server: RunningCommand;
  let person: TestPerson;
  beforeAll(async () => {
    // Neither --demo nor --no-demo: a first development start plays it.
    server = startCountersign(['up', '--port', '0', '--data', data]);
    const ready = await server.waitFor('ready');
    const waiting = await server.waitFor('demo.waiting_for_owner');
    expect(waiting.link).toBe(ready.administratorLink);
    person = await joinPerson(String(ready.url), String(ready.administratorLink));
  }, 60_000);
  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('makes one call that is allowed', async () => {
    const { allowed, lines } = await server.waitFor('demo.allowed');
    expect(allowed).toBe(true);
    expect(String(lines)).toContain('INV-2041');
  });

  it('makes one that is denied, and says why in the words of the policy', async () => {
    const { denied, lines } = await server.waitFor('demo.denied');
    expect(denied).toBe(true);
    expect(String(lines)).toContain('Deleting a customer cannot be undone');
    expect(String(lines)).toContain('REFUSED action.denied');
  });

  it('makes one that needs a person, and completes it once a passkey has signed it', async () => {
    const { approval, link, matchCode } = await server.waitFor('demo.pending');
    expect(link).toMatch(/^http:\/\/localhost:\d+\/approvals\/apr_\w+$/);
    expect(matchCode).toMatch(/^\d+$/);
    expect(server.events.some(({ event }) => event === 'demo.completed')).toBe(false);
    expect((await person.decide(String(approval), 'approve')).status).toBe(200);
    const { lines } = await server.waitFor('demo.completed');
    expect(String(lines)).toContain('PAY-1');
    expect(await server.waitFor('demo.verified')).toMatchObject({ valid: true });
  });

  it('shows the API key of the payments server to nobody', async () => {
    const secret = JSON.stringify(server.events) + server.stderr();
    expect(secret).not.toMatch(/Bearer [A-Za-z0-9_-]{20,}/);
    const { stdout } = await runCountersign(['ledger', 'export', '--data', data]);
    expect(stdout).not.toMatch(/Bearer [A-Za-z0-9_-]{20,}/);
    expect(stdout).toContain('"secrets":["demo-payments-api-key"]');
  });

  it('can be played again at the running server, and a refusal is told', async () => {
    const again = startCountersign(['demo', '--data', data]);
    const { approval } = await again.waitFor('demo.pending');
    await person.decide(String(approval), 'deny');
    expect(await again.waitFor('demo.not_approved')).toMatchObject({ state: 'denied' });
    await again.waitFor('demo.verified');
    expect(await again.ended()).toBe(7);
  });

  it('is not played by a second start once it was finished, but its upstreams work', async () => {
    expect(readFileSync(join(data, 'server.url'), 'utf8')).toMatch(/^http:\/\/localhost:\d+\n$/);
    expect(await server.stop()).toBe(0);
    expect(existsSync(join(data, 'server.url'))).toBe(false);
    const second = startCountersign(['up', '--port', '0', '--data', data]);
    expect(await second.waitFor('ready')).toMatchObject({ administratorLink: null });
    const isBack = async () =>
      (await runCountersign(['upstreams', 'refresh', 'payments', '--data', data])).exitCode;
    await expect.poll(isBack, { timeout: 20_000, interval: 500 }).toBe(0);
    expect(await second.stop()).toBe(0);
    expect(second.events.map(({ event }) => event)).toEqual(['ready', 'stopped']);
  });
});
