import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  describeEvidenceFile,
  type EvidenceFile,
  signEvidenceFile,
  verifyEvidenceFile,
} from './evidence-file.ts';
import { signEvidenceReport } from './evidence-report.ts';
import type { NoteSigner } from './note.ts';
import { createVerifierKey, formatVerifierKey } from './verifier-key.ts';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const raw = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32));
const signer: NoteSigner = {
  key: createVerifierKey('log/a', raw),
  sign: (message) => sign(null, message, privateKey),
};
const vkey = formatVerifierKey(signer.key);
const other = formatVerifierKey(createVerifierKey('log/b', raw));
const file = new TextEncoder().encode('<!doctype html><p>Evidence</p>');
const described = describeEvidenceFile({ report: 'evd_1', reportDigest: 'AA==', form: 'html' }, file);
const write = (told: EvidenceFile) =>
  JSON.stringify({ report: told, note: signEvidenceFile(told, signer), vkey });

describe('the signature beside a form of a report', () => {
  it('holds for exactly this file', () => {
    const found = { report: 'evd_1', reportDigest: 'AA==', form: 'html' };
    const verdict = { valid: true, reason: null, vkey, file: found };
    expect(verifyEvidenceFile(file, write(described), vkey)).toEqual({ ...verdict, key: 'given' });
    expect(verifyEvidenceFile(file, write(described))).toEqual({ ...verdict, key: 'claimed' });
  });

  it.each([
    ['one byte more', new Uint8Array([...file, 10])],
    ['no bytes', new Uint8Array()],
    ['another byte', file.map((byte, index) => (index === 20 ? byte ^ 1 : byte))],
  ])('does not hold for %s', (_, changed) => {
    const verdict = verifyEvidenceFile(changed, write(described), vkey);
    expect(verdict).toMatchObject({ valid: false, reason: 'changed', file: null });
  });

  it.each([
    ['a statement that was changed', write(described).replace('evd_1', 'evd_2'), 'changed'],
    ['another form than was signed', write(described).replace('"html"', '"pdf"'), 'changed'],
    ['no JSON', '%PDF-', 'not_a_report'],
    ['nothing that is signed', '{}', 'not_a_report'],
    [
      'the signature of a report, which is none of a file',
      JSON.stringify({ report: described, note: signEvidenceReport(described, signer), vkey }),
      'changed',
    ],
    ['a form that is none', write({ ...described, form: 'exe' as 'pdf' }), 'not_a_report'],
  ])('does not hold with %s', (_, signature, reason) => {
    expect(verifyEvidenceFile(file, signature, vkey)).toMatchObject({ valid: false, reason, file: null });
  });

  it('does not hold under another key than is known', () => {
    expect(verifyEvidenceFile(file, write(described), other)).toMatchObject({ valid: false, file: null });
  });
});
