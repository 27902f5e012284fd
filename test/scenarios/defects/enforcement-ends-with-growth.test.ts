import { describe, expect, it } from 'vitest';
import { readRefusal } from '../../attacks/ground/read-refusal.ts';
import { createCaller } from '../ground/create-caller.ts';
import { requireDone, useScene } from '../ground/use-scene.ts';

describe('defect.enforcement-ends-with-growth', { timeout: 60_000 }, () => {
  const scene = useScene();

  it('enforces for the fortieth person and agent as for the first', async () => {
    const { gateway, url } = scene();
    requireDone(await gateway.activatePolicy('forbid (principal, action, resource);'));
    for (let n = 0; n < 40; n += 1) {
      const invited = { displayName: `Person ${n}`, roles: ['owner'] };
      requireDone(await gateway.operator('POST', '/v1/people', invited));
      const caller = createCaller(await gateway.enrol(), url);
      expect(readRefusal(await caller.call('echo', { text: 'hi' }))).toBe('action.denied');
    }
  });
});
