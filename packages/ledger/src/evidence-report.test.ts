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

  describe('with records of several streams', () => {
    const pair = generateKeyPairSync('ed25519');
    const other: NoteSigner = {
      key: createVerifierKey(
        'log/b',
        new Uint8Array(pair.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)),
      ),
      sign: (message) => sign(null, message, pair.privateKey),
    };
    const entry = encodeEntry({
      ...{ v: 1, stream: 'log-b', seq: 0, id: 'rec_b', at: 7, kind: 'task.ended', causes: [] },
      commitment: commitPayload(new Uint8Array(16), '{}'),
    });
    const single = { origin: 'log/b', size: 1, root: hashLeaf(entry) };
    const stream = {
      ...{ stream: 'log-b', origin: 'log/b', vkey: formatVerifierKey(other.key), size: 1 },
      checkpoint: signNote(formatCheckpoint(single), other),
    };
    const records = [record, { id: 'rec_b', kind: 'task.ended', at: 7, entry, path: [] }];

    it('proves each in the tree of its own', () => {
      const verdict = verifyEvidenceReport(write({ records, streams: [stream] }), vkey);
      expect(verdict).toMatchObject({ valid: true, proven: 2, unproven: [] });
    });

    it.each([
      ['nothing of the stream', undefined],
      ['a list that is none', {}],
      ['a stream that is none', [7]],
      ['a stream without a key', [{ ...stream, vkey: 1 }]],
      ['a key named for another log', [{ ...stream, origin: 'log/a' }]],
      ['a stream signed with another key', [{ ...stream, vkey }]],
      ['another size', [{ ...stream, size: 2 }]],
      ['a stream that is there twice', [stream, stream]],
    ])('is not valid with %s', (_, streams) => {
      const verdict = verifyEvidenceReport(write({ records, streams }), vkey);
      expect(verdict).toMatchObject({ valid: false, reason: 'changed' });
    });
  });
});
