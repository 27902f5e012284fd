import { verifyExport } from '@countersign/ledger';
import { describe, expect, it } from 'vitest';
import { createCaller } from '../ground/create-caller.ts';
import { requireDone, useScene } from '../ground/use-scene.ts';

describe('defect.truncated-chain-still-verifies', () => {
  const scene = useScene();

  it('verifies only whole: with its beginning, middle or end cut off it does not', async () => {
    const { gateway, url } = scene();
    const caller = createCaller(await gateway.enrol(), url);
    for (let n = 0; n < 20; n += 1) await caller.call('echo', { text: String(n) });
    const lines = await gateway.exportLedger();
    expect(await check(lines)).toEqual({ valid: true, codes: [] });
    const records = lines.length - 2;
    const [header = '', ...rest] = lines;
    const end = rest.at(-1) ?? '';
    const body = rest.slice(0, -1);
    expect(body).toHaveLength(records);
    for (const cut of [
      [header, ...body.slice(records / 2), end],
      [header, ...body.slice(0, 5), ...body.slice(6), end],
      [header, ...body.slice(0, records / 2), end],
      [header, ...body.slice(0, -1), end],
      lines.slice(0, -1),
      [header, end],
    ]) {
      expect((await check(cut)).valid).toBe(false);
    }
  });

  it('shows against a checkpoint kept apart that the newest records are gone, with an end made to fit', async () => {
    const { gateway, url } = scene();
    const caller = createCaller(await gateway.enrol(), url);
    const early = await gateway.exportLedger();
    for (let n = 0; n < 5; n += 1) await caller.call('echo', { text: String(n) });
    const { note } = requireDone<{ note: string }>(await gateway.operator('GET', '/v1/ledger/checkpoint'));
    // The older export is whole in itself: only who kept a later checkpoint can tell.
    expect((await check(early)).valid).toBe(true);
    expect((await check(early, note)).valid).toBe(false);
    expect((await check(await gateway.exportLedger(), note)).valid).toBe(true);
  });

  async function check(lines: readonly string[], checkpoint?: string) {
    async function* read() {
      yield* lines;
    }
    const report = await verifyExport(read(), checkpoint === undefined ? {} : { checkpoint });
    return { valid: report.valid, codes: report.findings.map(({ code }) => code) };
  }
});
