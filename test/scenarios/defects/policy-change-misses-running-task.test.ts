import { describe, expect, it } from 'vitest';
import { isResult, readRefusal } from '../../attacks/ground/read-refusal.ts';
import { createCaller } from '../ground/create-caller.ts';
import { PERMIT_ALL, requireDone, useScene } from '../ground/use-scene.ts';

describe('defect.policy-change-misses-running-task', () => {
  const scene = useScene();

  it('decides the next call of a task that runs, under the policy now in force', async () => {
    const { gateway, url } = scene();
    const caller = createCaller(await gateway.enrol(), url);
    const call = () => caller.call('echo', { text: 'hi' });
    expect(isResult(await call())).toBe(true);
    for (let round = 0; round < 3; round += 1) {
      requireDone(await gateway.activatePolicy('forbid (principal, action, resource);'));
      expect(readRefusal(await call())).toBe('action.denied');
      requireDone(await gateway.activatePolicy(PERMIT_ALL));
      expect(isResult(await call())).toBe(true);
    }
  });
});
