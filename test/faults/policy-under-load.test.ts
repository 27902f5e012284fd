import { setImmediate as breathe } from 'node:timers/promises';
import { PATIENT, startGateway, startPlainUpstream } from '@countersign/testkit';
import { describe, expect, it } from 'vitest';
import { isResult, readRefusal } from '../attacks/ground/read-refusal.ts';
import { createCaller } from '../scenarios/ground/create-caller.ts';
import { requireDone } from '../scenarios/ground/use-scene.ts';

const seconds = 8;
const callers = 8;

/** Two policies that only make sense together: the pair of one number permits with one and asks nobody with the other. */
function writePair(n: number): string {
  const isOpen = n % 2 === 0;
  return [
    `@id("permit-${n}") permit (principal, action, resource);`,
    `@id("guard-${n}") forbid (principal, action == Countersign::Action::"shop/echo", resource)
     when { ${isOpen ? 'false' : 'true'} };`,
  ].join('\n');
}

describe('policy.changed-under-load', () => {
  it('decides every call by one bundle, whole, and by the new one once its activation has answered', async () => {
    const upstream = await startPlainUpstream();
    const gateway = await startGateway({ environment: PATIENT });
    try {
      const url = await gateway.addUpstream('shop', { url: upstream.url });
      requireDone(await gateway.activatePolicy(writePair(0)));
      const versions = new Map<string, number>();
      const agents = await Promise.all(
        Array.from({ length: callers }, async () => createCaller(await gateway.enrol(), url)),
      );
      let isOver = false;
      let sent = 0;
      let answered = 0;
      const load = agents.map(async (caller) => {
        while (!isOver) {
          sent += 1;
          const reply = await caller.call('echo', { text: 'load' });
          if (isResult(reply) || readRefusal(reply) === 'action.denied') answered += 1;
          await breathe();
        }
      });
      const late: number[] = [];
      const [probe] = agents;
      if (probe === undefined) throw new Error('no caller');
      const end = performance.now() + seconds * 1000;
      for (let n = 1; performance.now() < end; n += 1) {
        const { version } = requireDone<{ version: string }>(await gateway.activatePolicy(writePair(n)));
        versions.set(version, n);
        const asked = performance.now();
        const refusal = readRefusal(await probe.call('echo', { text: 'probe' }));
        expect(refusal).toBe(n % 2 === 0 ? undefined : 'action.denied');
        late.push(performance.now() - asked);
      }
      isOver = true;
      await Promise.all(load);
      expect(answered).toBe(sent);
      expect(versions.size).toBeGreaterThan(5);
      let decided = 0;
      for (const { agentId } of agents) {
        for (const { policyVersion, body } of await gateway.records({
          kind: 'action.decision',
          agent: agentId,
        })) {
          const n = versions.get(String(policyVersion));
          if (n === undefined) continue;
          decided += 1;
          const isOpen = n % 2 === 0;
          expect(body).toMatchObject({
            effect: isOpen ? 'allow' : 'deny',
            policies: [`test:${isOpen ? 'permit' : 'guard'}-${n}`],
          });
        }
      }
      expect(decided).toBeGreaterThan(0);
    } finally {
      await gateway.stop();
      await upstream.close();
    }
  }, 60_000);
});
