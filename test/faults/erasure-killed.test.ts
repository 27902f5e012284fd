import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startGatewayProcess } from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askToErase } from '../scenarios/ground/ask-to-erase.ts';
import { findBytes } from '../scenarios/ground/find-bytes.ts';
import { requireDone } from '../scenarios/ground/use-scene.ts';

/** The purpose and the prompt of a task, which its own row repeats. */
const MARK = 'Marguerite-Yourcenar-7781';
const KILLS_AFTER_MS = [0, 3, 6, 10, 15, 25, 40];

describe('ledger.erasure-killed', { timeout: 280_000 }, () => {
  const place = mkdtempSync(join(tmpdir(), 'countersign-erasing-'));
  const honest = join(place, 'honest');
  let task: string;

  beforeAll(async () => {
    const gateway = await startGatewayProcess({ folder: honest });
    await gateway.activatePolicy('@id("all") permit (principal, action, resource);');
    await gateway.enrol({ prompt: `Write to ${MARK}` });
    const [opened] = await gateway.records({ kind: 'task.opened' });
    task = String(opened?.task);
    requireDone(await gateway.operator('POST', `/v1/tasks/${task}/end`, {}));
    await gateway.stop();
    expect(findBytes(honest, MARK)).not.toEqual([]);
  }, 60_000);
  afterAll(() => rmSync(place, { recursive: true, force: true }));

  it('leaves all of it or nothing, wherever the process was killed', async () => {
    let erased = 0;
    for (const afterMs of KILLS_AFTER_MS) {
      const folder = join(place, `killed-${afterMs}`);
      cpSync(honest, folder, { recursive: true });
      const gateway = await startGatewayProcess({ folder });
      const administrator = await gateway.invite('Ada', ['admin']);
      const second = await gateway.invite('Ida', ['auditor']);
      const looked = await administrator.request('POST', '/v1/ledger/erasures/preview', { id: task });
      const { digest } = requireDone<{ digest: string }>(looked);
      const sign = await askToErase(administrator, second, { id: task, digest, reason: 'asked for' });
      const answer = sign().catch(() => undefined);
      await sleep(afterMs);
      await gateway.kill();
      const wasTold = (await answer)?.status === 200;
      const again = await startGatewayProcess({ folder });
      const told = await again.records({ kind: 'ledger.erased' });
      const [opened] = await again.records({ kind: 'task.opened' });
      if (told.length > 0) {
        erased += 1;
        expect(opened?.erased).toBe(true);
        expect(findBytes(folder, MARK)).toEqual([]);
      } else {
        expect([wasTold, opened?.task]).toEqual([false, task]);
      }
      await again.stop();
    }
    expect(erased).toBeGreaterThan(0);
  });

  it('brings nothing back from an older copy of the database', async () => {
    const folder = join(place, 'erased');
    cpSync(honest, folder, { recursive: true });
    const gateway = await startGatewayProcess({ folder });
    const administrator = await gateway.invite('Ada', ['admin']);
    const second = await gateway.invite('Ida', ['auditor']);
    const looked = await administrator.request('POST', '/v1/ledger/erasures/preview', { id: task });
    const { digest } = requireDone<{ digest: string }>(looked);
    const sign = await askToErase(administrator, second, { id: task, digest, reason: 'asked for' });
    requireDone(await sign());
    await gateway.stop();
    for (const name of ['countersign.db', 'countersign.db-wal', 'countersign.db-shm'])
      rmSync(join(folder, name), { force: true });
    cpSync(join(honest, 'countersign.db'), join(folder, 'countersign.db'));
    const restored = await startGatewayProcess({ folder });
    const lines = (await restored.exportLedger()).join('\n');
    // Neither in the other tables, whose rows were put back in plain text, nor in their free pages.
    expect(findBytes(folder, MARK)).toEqual([]);
    await restored.stop();
    expect(lines).toContain('"ledger.erased_again"');
    expect(lines).not.toContain(MARK);
    expect(lines).toContain('"server.started"');
  });
});
