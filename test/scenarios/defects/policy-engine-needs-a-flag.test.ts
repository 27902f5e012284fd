import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGatewayProcess, startPlainUpstream } from '@countersign/testkit';
import { describe, expect, it } from 'vitest';
import { isResult, readRefusal } from '../../attacks/ground/read-refusal.ts';
import { createCaller } from '../ground/create-caller.ts';
import { requireDone } from '../ground/use-scene.ts';

describe('defect.policy-engine-needs-a-flag', { timeout: 60_000 }, () => {
  it('decides both ways in a process of its own, without a flag for WebAssembly', async () => {
    const upstream = await startPlainUpstream();
    const folder = mkdtempSync(join(tmpdir(), 'countersign-plain-'));
    const gateway = await startGatewayProcess({ folder });
    try {
      const url = await gateway.addUpstream('shop', { url: upstream.url });
      requireDone(
        await gateway.activatePolicy(
          'permit (principal, action == Countersign::Action::"shop/echo", resource);',
        ),
      );
      const caller = createCaller(await gateway.enrol(), url);
      expect(isResult(await caller.call('echo', { text: 'hi' }))).toBe(true);
      const pay = { to: 'DE00', amount: 9, currency: 'EUR' };
      expect(readRefusal(await caller.call('pay', pay))).toBe('action.denied');
      expect(readFlags(gateway.pid)).not.toMatch(/wasm/i);
    } finally {
      await gateway.stop();
      await upstream.close();
      rmSync(folder, { recursive: true });
    }
  });

  function readFlags(pid: number): string {
    const line = execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });
    return `${line} ${process.env.NODE_OPTIONS ?? ''}`;
  }
});
