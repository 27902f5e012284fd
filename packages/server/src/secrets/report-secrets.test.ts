import { createManualClock, startFakeVault } from '@countersign/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DocumentUnavailable } from '../outbound/fetch-document.ts';
import type { Actor } from '../people/index.ts';
import { openTestStore, type TestStore } from '../plugins/database/open-test-store.ts';
import type { LiveUpstream } from '../upstreams/index.ts';
import { openTestSecrets } from './open-test-secrets.ts';
import { reportSecrets } from './report-secrets.ts';

const operator: Actor = { kind: 'operator' };
const clock = createManualClock(Date.UTC(2026, 5, 1));
let held: TestStore;
beforeEach(async () => {
  held = await openTestStore();
});
afterEach(() => held.remove());

const upstream = (name: string, settings: object) => ({
  name,
  kind: 'mcp-http' as const,
  settings: { url: 'https://mcp.test', ...settings } as LiveUpstream['settings'],
});
const key = (reference: string) => ({ headers: { 'X-Key': `{secret:${reference}}` } });
const clientCredentials = { kind: 'client-credentials', clientId: 'house', clientSecret: '{secret:root}' };

describe('reportSecrets', () => {
  it('tells static, leased, minted and personal credentials apart, and lists what is behind them', async () => {
    const vault = await startFakeVault();
    const store = {
      name: 'vault',
      kind: 'vault',
      url: vault.url,
      secrets: { db: { lease: 'database/creds/db' } },
    };
    const { context } = await openTestSecrets({
      store: held.store,
      now: clock.now,
      secrets: { maxAgeDays: 10, stores: [{ ...store, auth: { method: 'token', tokenFile: '/no/file' } }] },
      upstreams: [
        upstream('a-static', key('key')),
        upstream('b-leased', key('vault:db#password')),
        upstream('c-minted', { credential: clientCredentials }),
        upstream('d-personal', { credential: { kind: 'oauth-user' } }),
        upstream('e-open', {}),
        upstream('f-both', { ...key('absent'), credential: { kind: 'oauth-user' } }),
      ],
    });
    await context.secrets.set('key', 'a-secret-value');
    await context.secrets.set('root', 'a-root-secret');
    clock.advance(11 * 86_400_000);
    const report = await reportSecrets(context, operator, async () => {
      throw new DocumentUnavailable('the answer was 404');
    });
    await vault.close();
    expect(report.counts).toEqual({ static: 2, leased: 1, minted: 1, per_user: 1, none: 1 });
    expect(
      report.upstreams.map((one) => [one.class, ...one.secrets.map(({ name, state }) => [name, state])]),
    ).toEqual([
      ['static', ['key', 'too_old']],
      ['leased', ['vault:db', 'unlimited']],
      ['minted', ['root', 'too_old']],
      ['per_user'],
      ['none'],
      ['static', ['absent', 'missing']],
    ]);
    expect(JSON.stringify(report)).not.toMatch(/a-secret-value|a-root-secret/);
    // Looking makes no credentials.
    expect(vault.asked).toEqual([]);
  });
});
