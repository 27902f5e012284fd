import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyExport } from '@countersign/ledger';
import { describe, expect, it } from 'vitest';
import { useGround } from './ground/use-ground.ts';

type Lines = readonly string[];

async function* stream(lines: Lines): AsyncIterable<string> {
  yield* lines;
}

/** What somebody with the disk in their hands does to a trail. Line 0 is the header, the last one the end. */
const TAMPERINGS: { readonly [name: string]: (lines: Lines) => Lines } = {
  'a changed payload': (lines) => lines.with(5, (lines[5] ?? '').replace(/"at":(\d)/, '"at":9$1')),
  'a missing record': (lines) => lines.toSpliced(5, 1),
  'records in another order': (lines) => lines.with(5, lines[6] ?? '').with(6, lines[5] ?? ''),
  'a record that stands twice': (lines) => lines.toSpliced(6, 0, lines[5] ?? ''),
  'a cut-off end': (lines) => lines.slice(0, -3),
  'records cut off before the end': (lines) => lines.toSpliced(-3, 2),
  'another checkpoint': (lines) =>
    lines.with(-1, (lines.at(-1) ?? '').replace(/[A-Za-z](?=[^A-Za-z]*"[^"]*$)/, 'Q')),
};

describe('ledger.tampered', () => {
  const ground = useGround();

  it('goes unnoticed in the audit file of a naive gateway, where every line still parses', () => {
    const folder = mkdtempSync(join(tmpdir(), 'countersign-audit-'));
    const file = join(folder, 'audit.jsonl');
    for (const tool of ['shop/pay', 'shop/echo']) appendFileSync(file, `{"tool":"${tool}"}\n`);
    const kept = readFileSync(file, 'utf8').split('\n').slice(1);
    writeFileSync(file, kept.join('\n'));
    for (const line of kept.filter(Boolean)) expect(() => JSON.parse(line)).not.toThrow();
    rmSync(folder, { recursive: true });
  });

  it.each(Object.entries(TAMPERINGS))('is found here, offline: %s', async (_name, tamper) => {
    const { here } = ground();
    await here.call('echo', { text: 'one more for the record' });
    const lines = await here.gateway.exportLedger();
    const honest = await verifyExport(stream(lines));
    expect(honest.findings).toEqual([]);
    const report = await verifyExport(stream(tamper(lines)));
    expect(report.valid).toBe(false);
    expect(report.findings.length).toBeGreaterThan(0);
  });

  it('is found here when newer records are kept back, with a checkpoint kept elsewhere', async () => {
    const { here } = ground();
    // An older export is signed and whole in itself: only who has seen a later head can tell.
    const older = await here.gateway.exportLedger();
    await here.call('echo', { text: 'to be kept back' });
    const { json } = await here.gateway.operator('GET', '/v1/ledger/checkpoint');
    const { note: checkpoint, vkey } = json as { note: string; vkey: string };
    const lines = await here.gateway.exportLedger();
    expect((await verifyExport(stream(lines), { checkpoint, vkey })).findings).toEqual([]);
    expect((await verifyExport(stream(older), { vkey })).findings).toEqual([]);
    const shorter = await verifyExport(stream(older), { checkpoint, vkey });
    expect(shorter.findings.map(({ code }) => code)).toContain('ledger.truncated');
  });
});
