import { cpSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { startGateway } from '@countersign/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type KnownCheckpoint, readCheckpoint, readEvidence } from './ground/read-evidence.ts';

const RECORDS_CUT = 5;

describe('ledger.tampered-at-rest', { timeout: 60_000 }, () => {
  const place = mkdtempSync(join(tmpdir(), 'countersign-tampered-'));
  const honest = join(place, 'honest');
  /** As an auditor keeps it, apart from the server. */
  let known: KnownCheckpoint;

  beforeAll(async () => {
    const gateway = await startGateway({ folder: honest });
    for (let n = 0; n < RECORDS_CUT; n += 1) await gateway.enrol();
    known = await readCheckpoint(gateway);
    await gateway.stop();
  }, 60_000);
  afterAll(() => rmSync(place, { recursive: true }));

  /** A copy of the data folder, changed by somebody who can write its files while nobody watches. */
  function tamper(name: string, change: (databaseFile: string) => void): string {
    const folder = join(place, name.replaceAll(' ', '-'));
    cpSync(honest, folder, { recursive: true });
    change(join(folder, 'countersign.db'));
    return folder;
  }

  function execute(file: string, sql: string): void {
    const database = new DatabaseSync(file);
    database.exec(sql);
    database.close();
  }

  const last = '(SELECT max(seq) FROM ledger_entries)';

  it.each<[string, string]>([
    [
      'a changed record',
      `UPDATE ledger_entries SET entry = replace(entry, '"at":1', '"at":2') WHERE seq = 3`,
    ],
    ['a removed record', 'DELETE FROM ledger_entries WHERE seq = 3'],
    ['the newest records cut off', `DELETE FROM ledger_entries WHERE seq > ${last} - ${RECORDS_CUT}`],
    [
      'two records exchanged',
      `UPDATE ledger_entries SET entry = (SELECT entry FROM ledger_entries AS other WHERE other.seq = 7 - ledger_entries.seq)
       WHERE seq IN (3, 4)`,
    ],
    [
      'an emptied ledger',
      'DELETE FROM ledger_payloads; DELETE FROM ledger_terms; DELETE FROM ledger_entries',
    ],
    // Something that is in every note: not every signature has an "a".
    [
      'a rewritten checkpoint',
      'UPDATE ledger_checkpoints SET note = replace(note, char(10) || size || char(10), char(10) || (size + 1) || char(10))',
    ],
  ])('refuses to start on %s', async (name, sql) => {
    const folder = tamper(name, (file) => execute(file, sql));
    await expect(startGateway({ folder })).rejects.toMatchObject({ code: 'ledger.tampered' });
  });

  it.each<[string, (file: string) => void]>([
    ['a file that is no database', (file) => writeFileSync(file, 'x'.repeat(8192))],
    ['a file that was cut short', (file) => truncateSync(file, 3 * 4096)],
  ])('refuses to start on %s', async (name, change) => {
    const folder = tamper(name, change);
    await expect(startGateway({ folder })).rejects.toMatchObject({
      code: expect.stringMatching(/^ledger\.(tampered|unavailable)$/),
    });
  });

  it('finds a changed payload in the export', async () => {
    const change = `UPDATE ledger_payloads SET sealed = zeroblob(length(sealed)) WHERE seq % 2 = 0`;
    const gateway = await startGateway({
      folder: tamper('a changed payload', (file) => execute(file, change)),
    });
    const { report } = await readEvidence(gateway, known);
    await gateway.stop();
    expect(new Set(report.findings.map(({ code }) => code))).toEqual(new Set(['record.changed']));
  });

  it('finds what was cut off together with its checkpoints, by a checkpoint kept elsewhere', async () => {
    const cut = `
      DELETE FROM ledger_checkpoints;
      DELETE FROM ledger_payloads WHERE seq > ${last} - ${RECORDS_CUT};
      DELETE FROM ledger_terms WHERE seq > ${last} - ${RECORDS_CUT};
      DELETE FROM ledger_entries WHERE seq > ${last} - ${RECORDS_CUT};`;
    const gateway = await startGateway({ folder: tamper('a shorter history', (file) => execute(file, cut)) });
    const alone = await readEvidence(gateway);
    const against = await readEvidence(gateway, known);
    await gateway.stop();
    expect(alone.report.valid).toBe(true);
    expect(against.report.valid).toBe(false);
  });
});
