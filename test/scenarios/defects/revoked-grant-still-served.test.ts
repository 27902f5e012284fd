import { describe, expect, it } from 'vitest';
import { isResult, readRefusal } from '../../attacks/ground/read-refusal.ts';
import { createCaller } from '../ground/create-caller.ts';
import { requireDone, useScene } from '../ground/use-scene.ts';

describe('defect.revoked-grant-still-served', () => {
  const scene = useScene();

  it('serves nothing under a revoked delegation, and sends no credential anywhere for it', async () => {
    const { gateway, upstream, url } = scene();
    const caller = createCaller(await gateway.enrol(), url);
    expect(isResult(await caller.call('echo', { text: 'before' }))).toBe(true);
    requireDone(await gateway.operator('POST', `/v1/delegations/${caller.delegation}/revoke`));
    const arrived = upstream.journal.calls().length;
    // The token is whole and unexpired: only what it stands on is gone.
    for (let n = 0; n < 3; n += 1) {
      expect(readRefusal(await caller.call('echo', { text: 'after' }))).toBe('task.not_open');
    }
    expect(upstream.journal.calls()).toHaveLength(arrived);
    await expect(caller.renew()).rejects.toThrow();
  });

  it('serves nothing after a restart either', async () => {
    const { gateway, upstream, url } = scene();
    const caller = createCaller(await gateway.enrol(), url);
    requireDone(await gateway.operator('POST', `/v1/delegations/${caller.delegation}/revoke`));
    await gateway.restart();
    const arrived = upstream.journal.calls().length;
    expect(readRefusal(await caller.call('echo', { text: 'after' }))).toBe('task.not_open');
    expect(upstream.journal.calls()).toHaveLength(arrived);
  });
});
