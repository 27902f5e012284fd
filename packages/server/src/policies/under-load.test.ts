import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { completeConfig, configSchema } from '../config/index.ts';
import type { Context } from '../context.ts';
import { createMasterKey } from '../platform/master-key.ts';
import { createPlatform } from '../platform/platform.ts';
import { openTestStore } from '../plugins/database/open-test-store.ts';
import { makeRequest, makeTool, makeUpstreams } from './create-test-policies.ts';
import { activateBundle, createPolicyState } from './index.ts';

const read = makeTool('files/read', { properties: { path: { type: 'string' } } });
const request = makeRequest(read, { path: '/a' });
const callsPerSecond = 2_000;
const seconds = 4;
const tickMilliseconds = 10;

const writePair = (n: number) => `@id("permit-${n}") permit (principal, action, resource);
@id("guard-${n}") forbid (principal, action, resource) when { ${n % 2 === 0 ? 'false' : 'true'} };`;

describe('a bundle that is changed under 2,000 decisions a second', () => {
  it('decides each by one bundle, whole, and by the new one from the answer on', async () => {
    const stored = await openTestStore();
    const parts = {
      config: completeConfig(configSchema.parse({})),
      platform: createPlatform(),
      store: stored.store,
      upstreams: makeUpstreams([read]),
      log: pino({ level: 'silent' }),
      masterKey: createMasterKey(new Uint8Array(32).fill(7)),
    };
    const policies = await createPolicyState(parts);
    const context = { ...parts, policies } as unknown as Context;
    const operator = { kind: 'operator' } as const;
    const activate = (n: number) =>
      activateBundle(context, operator, { files: [{ name: 'p.cedar', text: writePair(n) }] });
    try {
      const numbers = new Map([[(await activate(0)).version, 0]]);
      const decided: { readonly policyVersion: string; readonly policyIds: readonly string[] }[] = [];
      const start = performance.now();
      const load = setInterval(() => {
        // As many as are due, whatever the timer was late by.
        const due = Math.floor(((performance.now() - start) * callsPerSecond) / 1000);
        while (decided.length < due) {
          const { verdict, policyVersion } = policies.decide(request);
          decided.push({ policyVersion, policyIds: verdict.policyIds });
        }
      }, tickMilliseconds);
      for (let n = 1; performance.now() - start < seconds * 1000; n += 1) {
        const { version } = await activate(n);
        numbers.set(version, n);
        expect(policies.decide(request).policyVersion).toBe(version);
        await sleep(1);
      }
      clearInterval(load);
      expect(numbers.size).toBeGreaterThan(5);
      expect(decided.length).toBeGreaterThan(callsPerSecond * seconds * 0.9);
      for (const { policyVersion, policyIds } of decided) {
        const n = numbers.get(policyVersion);
        expect([n, policyIds]).toEqual([n, [`p:${(n ?? 0) % 2 === 0 ? 'permit' : 'guard'}-${n}`]]);
      }
    } finally {
      policies.close();
      await stored.remove();
    }
  }, 30_000);
});
