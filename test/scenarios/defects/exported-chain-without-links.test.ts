import { verifyExport } from '@countersign/ledger';
import { describe, expect, it } from 'vitest';
import { createCaller } from '../ground/create-caller.ts';
import { readEvidence } from '../ground/read-evidence.ts';
import { useScene } from '../ground/use-scene.ts';

describe('defect.exported-chain-without-links', () => {
  const scene = useScene();

  it('exports records that are tied to each other: two of them swapped no longer verify', async () => {
    const { gateway, url } = scene();
    const caller = createCaller(await gateway.enrol(), url);
    for (let n = 0; n < 5; n += 1) await caller.call('echo', { text: String(n) });
    const lines = await gateway.exportLedger();
    const verify = async (changed: readonly string[]) => {
      async function* read() {
        yield* changed;
      }
      return (await verifyExport(read())).valid;
    };
    expect(await verify(lines)).toBe(true);
    for (let at = 1; at < lines.length - 2; at += 1) {
      const swapped = [...lines];
      swapped.splice(at, 2, lines[at + 1] ?? '', lines[at] ?? '');
      expect(await verify(swapped)).toBe(false);
    }
  });

  it('names in each decision the intent, and in each outcome the decision, that it follows from', async () => {
    const { gateway, url } = scene();
    const caller = createCaller(await gateway.enrol(), url);
    await caller.call('echo', { text: 'hi' });
    const { intent, decision, outcome } = await readEvidence(gateway, { agent: caller.agentId });
    expect(decision.causes).toContain(intent.id);
    expect(outcome.causes).toEqual(expect.arrayContaining([intent.id, decision.id]));
  });
});
