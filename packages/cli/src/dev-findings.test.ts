import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { checkPublicUrl } from './commands/doctor/check-server.ts';
import { checkSecrets } from './commands/doctor/check-upstreams.ts';
import { findDevRisks, findOpenFiles } from './dev-findings.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-findings-'));
afterAll(() => rmSync(folder, { recursive: true }));
const ids = (findings: readonly { readonly id: string }[]) => findings.map(({ id }) => id);

describe('what the doctor finds', () => {
  test('names only risks that are there', () => {
    expect(findDevRisks({ publicUrl: 'https://gate.example.com', dataFolder: folder })).toEqual([]);
    writeFileSync(join(folder, 'master.key'), '', { mode: 0o600 });
    expect(ids(findDevRisks({ publicUrl: 'http://localhost:1', dataFolder: folder }))).toEqual([
      'dev.http',
      'dev.master_key',
    ]);
  });

  test('finds files that others on the machine can reach', () => {
    expect(findOpenFiles(folder)).toEqual([]);
    chmodSync(join(folder, 'master.key'), 0o640);
    expect(findOpenFiles(folder)).toMatchObject([
      { id: 'data.open', fix: expect.stringContaining('chmod 600') },
    ]);
  });

  test.each([
    ['https://gate.example.com', []],
    ['http://localhost:7420', []],
    ['http://127.0.0.1:7420', ['public_url.address']],
    ['https://[::1]:7420', ['public_url.address']],
    ['http://gate.example.com', ['public_url.plain']],
  ])('%s as public URL', (url, expected) => {
    expect(ids(checkPublicUrl(url))).toEqual(expected);
  });

  test('finds secrets that are missing or that nothing uses', () => {
    const settings = { headers: { Authorization: 'Bearer {secret:used} {secret:missing}' } };
    const upstream = { name: 'shop', kind: 'mcp-http', environment: 'test', settings, createdAt: 0 };
    const held = [
      { name: 'used', usedBy: ['shop'] },
      { name: 'siem', usedBy: ['configuration'] },
      { name: 'old', usedBy: [] },
    ];
    expect(checkSecrets([upstream], held).map(({ id, fix }) => [id, fix])).toEqual([
      ['secret.missing', 'countersign secrets set missing --file <file>'],
      ['secret.unused', 'countersign secrets remove old'],
    ]);
  });

  test('finds secrets of any store that grow too old, by field or as a whole', () => {
    const settings = { headers: { Authorization: 'Bearer {secret:vault:one#token} {secret:two}' } };
    const upstream = { name: 'shop', kind: 'mcp-http', environment: 'test', settings, createdAt: 0 };
    const secrets = [
      { name: 'vault:one', state: 'due' as const, maxAgeDays: 30 },
      { name: 'two', state: 'too_old' as const, maxAgeDays: 30 },
    ];
    expect(checkSecrets([upstream], secrets).map(({ id, severity }) => [id, severity])).toEqual([
      ['secret.due', 'warning'],
      ['secret.too_old', 'error'],
    ]);
  });
});
