import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { formatCheckpoint, parseCheckpoint } from './checkpoint.ts';
import { digestDrillReport, signDrillReport, verifyDrillReport } from './drill-report.ts';
import { type NoteSigner, parseNote, signNote } from './note.ts';
import { hashEmptyTree } from './tree-hash.ts';
import { createVerifierKey, formatVerifierKey } from './verifier-key.ts';

function makeSigner(): NoteSigner {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32));
  return { key: createVerifierKey('log/a', raw), sign: (message) => sign(null, message, privateKey) };
}

const signer = makeSigner();
const vkey = formatVerifierKey(signer.key);
const report = { format: 'countersign-drill-report/1', passed: true, drills: [{ name: 'injection' }] };
const write = (changed: object = {}) =>
  JSON.stringify({ report, note: signDrillReport(report, signer), vkey, ...changed });

describe('a signed report of drills', () => {
  it('is verified with the key it names, or better with one that is given', () => {
    expect(verifyDrillReport(write())).toEqual({
      valid: true,
      reason: null,
      key: 'claimed',
      vkey,
      passed: true,
    });
    expect(verifyDrillReport(write(), vkey)).toMatchObject({ valid: true, key: 'given' });
  });

  it('does not depend on how its members are ordered', () => {
    const { drills, passed, format } = report;
    expect(digestDrillReport({ drills, passed, format })).toBe(digestDrillReport(report));
  });

  it.each([
    ['a changed outcome', write({ report: { ...report, passed: false } }), 'changed'],
    ['a drill left out', write({ report: { ...report, drills: [] } }), 'changed'],
    ['the note of another report', write({ note: signDrillReport({}, signer) }), 'changed'],
    [
      'a checkpoint in the place of the note',
      write({
        note: signNote(formatCheckpoint({ origin: 'log/a', size: 1, root: hashEmptyTree() }), signer),
      }),
      'changed',
    ],
    ['no note', write({ note: 'x' }), 'not_a_report'],
    ['no key', write({ vkey: 'x' }), 'not_a_report'],
    ['a list', '[]', 'not_a_report'],
    ['a report that is a list', write({ report: [] }), 'not_a_report'],
    ['no JSON', '{', 'not_a_report'],
    [
      'a report nested too deeply',
      write({ report: { deep: JSON.parse(`${'['.repeat(80)}${']'.repeat(80)}`) } }),
      'not_a_report',
    ],
    ['too much', ' '.repeat(16 * 1024 * 1024 + 1), 'not_a_report'],
  ])('is refused with %s', (_name, text, reason) => {
    expect(verifyDrillReport(text)).toMatchObject({ valid: false, reason, passed: false });
  });

  it("is refused with another's key, and with a forged signature", () => {
    const other = makeSigner();
    expect(verifyDrillReport(write(), formatVerifierKey(other.key))).toMatchObject({ reason: 'unknown_key' });
    const forged = signDrillReport(report, { key: signer.key, sign: other.sign });
    expect(verifyDrillReport(write({ note: forged }), vkey)).toMatchObject({ reason: 'bad_signature' });
  });

  it('can never be taken for a checkpoint of the log', () => {
    expect(parseCheckpoint(parseNote(signDrillReport(report, signer))?.text ?? '')).toBeUndefined();
  });
});
