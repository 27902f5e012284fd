import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { signDrillReport, verifyDrillReport } from './drill-report.ts';
import type { NoteSigner } from './note.ts';
import { digestReviewReport, signReviewReport, verifyReviewReport } from './review-report.ts';
import { createVerifierKey, formatVerifierKey } from './verifier-key.ts';

function makeSigner(): NoteSigner {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32));
  return { key: createVerifierKey('log/a', raw), sign: (message) => sign(null, message, privateKey) };
}

const signer = makeSigner();
const vkey = formatVerifierKey(signer.key);
const report = { format: 'countersign-access-review/1', items: [{ item: 'rvi_1', decision: 'shrink' }] };
const write = (changed: object = {}) =>
  JSON.stringify({ report, note: signReviewReport(report, signer), vkey, ...changed });

describe('a signed report of an access review', () => {
  it('is verified whole, with the key that is given', () => {
    expect(verifyReviewReport(write(), vkey)).toEqual({
      valid: true,
      reason: null,
      key: 'given',
      vkey,
      report,
    });
    const { items, format } = report;
    expect(digestReviewReport({ items, format })).toBe(digestReviewReport(report));
  });

  it('is refused when anything was changed, or it is the report of something else', () => {
    const changed = { report: { ...report, items: [] } };
    expect(verifyReviewReport(write(changed), vkey)).toMatchObject({
      valid: false,
      reason: 'changed',
      report: null,
    });
    const drill = write({ note: signDrillReport(report, signer) });
    expect(verifyReviewReport(drill, vkey)).toMatchObject({ reason: 'changed' });
    expect(verifyDrillReport(write(), vkey)).toMatchObject({ valid: false, passed: false });
    expect(verifyReviewReport(write(), formatVerifierKey(makeSigner().key))).toMatchObject({
      reason: 'unknown_key',
    });
  });
});
