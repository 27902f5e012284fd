import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { encodeBase64 } from './base64.ts';
import { formatCheckpoint } from './checkpoint.ts';
import { commitPayload, encodeEntry } from './entry.ts';
import { signEvidenceReport, verifyEvidenceReport } from './evidence-report.ts';
import { type NoteSigner, signNote } from './note.ts';
import { hashLeaf, hashNode } from './tree-hash.ts';
import { createVerifierKey, formatVerifierKey } from './verifier-key.ts';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const raw = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32));
const signer: NoteSigner = {
  key: createVerifierKey('log/a', raw),
  sign: (message) => sign(null, message, privateKey),
};
const vkey = formatVerifierKey(signer.key);

const entries = [0, 1].map((seq) =>
  encodeEntry({
    ...{ v: 1, stream: 'log-a', seq, id: `rec_${seq}`, at: seq, kind: 'task.opened', causes: [] },
    commitment: commitPayload(new Uint8Array(16), '{}'),
  }),
);
const [first = '', second = ''] = entries;
const root = hashNode(hashLeaf(first), hashLeaf(second));
const checkpoint = signNote(formatCheckpoint({ origin: 'log/a', size: 2, root }), signer);
const record = {
  id: 'rec_0',
  kind: 'task.opened',
  at: 0,
  entry: first,
  path: [encodeBase64(hashLeaf(second))],
};

/** Signed by the ledger itself, whatever is in it. */
function write(changed: object = {}, shown: object = {}): string {
  const report = { checkpoint, size: 2, records: [{ ...record, ...shown }], ...changed };
  return JSON.stringify({ report, note: signEvidenceReport(report, signer), vkey });
}

describe('a signed report of evidence', () => {
  it('is valid when each record is in the tree of its checkpoint', () => {
    expect(verifyEvidenceReport(write(), vkey)).toEqual({
      ...{ valid: true, reason: null, key: 'given', vkey, proven: 1, unproven: [] },
    });
  });

  it.each([
    ['a path of another record', { path: [encodeBase64(hashLeaf(first))] }],
    ['no path', { path: [] }],
    ['another kind than the tree has', { kind: 'task.ended' }],
    ['another time', { at: 5 }],
    ['another id', { id: 'rec_1' }],
    ['an entry that is none', { entry: '{' }],
    ['a path that is no list', { path: 'x' }],
  ])('is not valid with %s, though it is signed', (_, shown) => {
    expect(verifyEvidenceReport(write({}, shown), vkey)).toMatchObject({
      valid: false,
      reason: 'changed',
      proven: 0,
    });
  });

  it.each([
    ['a checkpoint of another size', { size: 3 }],
    ['a checkpoint that nobody signed', { checkpoint: 'log/a\n2\nAA==\n' }],
    ['records that are no list', { records: {} }],
  ])('is not valid with %s', (_, changed) => {
    expect(verifyEvidenceReport(write(changed), vkey)).toMatchObject({ valid: false, reason: 'changed' });
  });
});
