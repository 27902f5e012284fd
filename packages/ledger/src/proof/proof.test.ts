import { growTestLog, makeTestSigner, makeTestWitness } from '@countersign/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeEntry } from '../entry.ts';
import { proveInclusion } from '../merkle-proof.ts';
import { hashLeaf } from '../tree-hash.ts';
import { cosignText } from '../witness/cosignature.ts';
import { formatWitnessKey } from '../witness/witness-key.ts';
import { compareCheckpoints } from './compare-checkpoints.ts';
import {
  type ForkEvidence,
  formatForkEvidence,
  parseForkEvidence,
  verifyForkEvidence,
} from './fork-evidence.ts';
import { formatRecordProof, verifyRecordProof } from './record-proof.ts';
import { formatTlogProof, parseTlogProof, verifyTlogProof } from './tlog-proof.ts';
import { verifyCheckpoint } from './verify-checkpoint.ts';

const log = growTestLog(60);
const { vkey } = log;
const names = ['witness.test/one', 'witness.test/two', 'witness.test/three'];
const witnesses = names.map((name) => makeTestWitness(name));
const keys = witnesses.map(({ key }) => formatWitnessKey(key));
const at = 1_790_000_000;

async function cosign(size: number, count: number, of = log) {
  const note = await of.sign(size);
  const text = note.slice(0, note.indexOf('\n\n') + 1);
  return `${note}${witnesses
    .slice(0, count)
    .map((witness) => cosignText(text, witness, at))
    .join('')}`;
}

describe('a checkpoint', () => {
  it('is verified with the key of its log and as many witnesses as asked', async () => {
    const note = await cosign(40, 2);
    expect(verifyCheckpoint(note, { vkey })).toMatchObject({ finding: null, checkpoint: { size: 40 } });
    const enough = verifyCheckpoint(note, { vkey, witnesses: keys, quorum: 2 });
    expect(enough).toMatchObject({ finding: null });
    expect(enough.cosigned).toEqual(names.slice(0, 2).map((name) => ({ name, at })));
    expect(verifyCheckpoint(note, { vkey, witnesses: keys }).finding).toBe('not_witnessed');
    expect(verifyCheckpoint(note, { vkey, quorum: 1 }).finding).toBe('not_witnessed');
  });

  it('is refused by name', async () => {
    const note = await cosign(40, 1);
    const other = growTestLog(1, makeTestSigner()).vkey;
    const elsewhere = growTestLog(1, makeTestSigner('other.test/log')).vkey;
    const finding = (text: string, options: Partial<Parameters<typeof verifyCheckpoint>[1]> = {}) =>
      verifyCheckpoint(text, { vkey, ...options }).finding;
    expect(finding('x')).toBe('malformed');
    expect(finding(note, { vkey: 'x' })).toBe('key_invalid');
    expect(finding(note, { vkey: other })).toBe('unknown_key');
    expect(finding(note, { vkey: elsewhere })).toBe('unknown_key');
    expect(finding(note.replace('\n40\n', '\n41\n'))).toBe('bad_signature');
    expect(finding(note, { witnesses: ['x'] })).toBe('key_invalid');
    expect(finding(note, { witnesses: [vkey] })).toBe('key_invalid');
    const [, , , , , ...lines] = note.split('\n');
    const replayed = `${await log.sign(41)}${lines.join('\n')}`;
    expect(finding(replayed, { witnesses: keys, quorum: 0 })).toBe('bad_cosignature');
  });
});

describe('a tlog-proof', () => {
  it('is read as it is written, with and without extra', async () => {
    for (const extra of [null, new Uint8Array(0), Uint8Array.of(1, 2)]) {
      const proof = {
        extra,
        index: 7,
        path: await proveInclusion(7, 40, log.hashAt),
        checkpoint: await log.sign(40),
      };
      expect(parseTlogProof(formatTlogProof(proof))).toEqual(proof);
    }
  });

  it.each([
    '',
    'c2sp.org/tlog-proof@v2\nindex 0\n\nx',
    'c2sp.org/tlog-proof@v1\n\nx',
    'c2sp.org/tlog-proof@v1\nindex 01\n\nx',
    'c2sp.org/tlog-proof@v1\nindex 9999999999999999\n\nx',
    'c2sp.org/tlog-proof@v1\nextra *\nindex 0\n\nx',
    'c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\nx',
    'c2sp.org/tlog-proof@v1\nindex 0\n*\n\nx',
    `c2sp.org/tlog-proof@v1\nindex 0\n${`${Buffer.alloc(32).toString('base64')}\n`.repeat(65)}\nx`,
    `c2sp.org/tlog-proof@v1\nindex 0\n\n${'x'.repeat(1_100_000)}`,
  ])('is malformed: %#', (text) => {
    expect(parseTlogProof(text)).toBeUndefined();
  });

  it('is refused for another leaf, index or tree, and without its witnesses', async () => {
    const path = await proveInclusion(7, 40, log.hashAt);
    const proof = { extra: null, index: 7, path, checkpoint: await cosign(40, 1) };
    const leaf = log.leaves[7] ?? new Uint8Array();
    const policy = { vkey, witnesses: keys.slice(0, 1) };
    expect(verifyTlogProof(proof, leaf, policy)).toMatchObject({ finding: null, checkpoint: { size: 40 } });
    expect(verifyTlogProof(proof, log.leaves[8] ?? leaf, policy).finding).toBe('not_included');
    expect(verifyTlogProof({ ...proof, index: 8 }, leaf, policy).finding).toBe('not_included');
    expect(verifyTlogProof({ ...proof, checkpoint: await log.sign(41) }, leaf, { vkey }).finding).toBe(
      'not_included',
    );
    expect(verifyTlogProof(proof, leaf, { vkey, witnesses: keys }).finding).toBe('not_witnessed');
  });

  it('of a record shows the record that is proven, and no other', async () => {
    const entry = log.entries[7];
    if (entry === undefined) throw new Error('no entry');
    const path = await proveInclusion(7, 40, log.hashAt);
    const text = formatRecordProof({ entry, path, checkpoint: await log.sign(40) });
    expect(verifyRecordProof(text, { vkey })).toMatchObject({ finding: null, entry });
    const forge = (change: object) =>
      formatRecordProof({
        entry: { ...entry, ...change },
        path,
        checkpoint: text.slice(text.indexOf('\n\n') + 2),
      });
    expect(verifyRecordProof(forge({ kind: 'a.c' }), { vkey })).toMatchObject({
      finding: 'not_included',
      entry: null,
    });
    expect(verifyRecordProof(text.replace('index 7', 'index 8'), { vkey }).finding).toBe('not_a_proof');
    expect(verifyRecordProof(text.replace(/extra .*\n/, ''), { vkey }).finding).toBe('not_a_proof');
    expect(verifyRecordProof(text.replace(/extra .*\n/, 'extra /w==\n'), { vkey }).finding).toBe(
      'not_a_proof',
    );
    expect(verifyRecordProof('x', { vkey }).finding).toBe('not_a_proof');
    expect(hashLeaf(encodeEntry(entry))).toEqual(log.leaves[7]);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { finding } = verifyRecordProof(`c2sp.org/tlog-proof@v1\n${text}\n\n${text}`, { vkey });
        expect(finding).toBe('not_a_proof');
      }),
    );
  });
});

describe('two checkpoints of one key', () => {
  const forked = growTestLog(60, log.signer, 'b');
  const compare = (one: string, other: string, hashAt = log.hashAt) =>
    compareCheckpoints([one, other], vkey, hashAt);

  it('are consistent when one is the start of the other', async () => {
    for (const [one, other] of [
      [0, 0],
      [0, 9],
      [9, 9],
      [9, 60],
      [60, 3],
    ] as const)
      expect(await compare(await log.sign(one), await log.sign(other))).toEqual({ kind: 'consistent' });
    expect(await compareCheckpoints([await log.sign(0), await log.sign(9)], vkey)).toEqual({
      kind: 'consistent',
    });
  });

  it('prove a fork to anybody when they are not', async () => {
    for (const [one, other, tree] of [
      [await log.sign(9), await forked.sign(9), log],
      [await forked.sign(9), await log.sign(60), log],
      [await log.sign(60), await forked.sign(9), log],
      [await log.sign(9), await forked.sign(60), forked],
    ] as const) {
      const comparison = await compare(one, other, tree.hashAt);
      if (comparison.kind !== 'forked') throw new Error(comparison.kind);
      const text = formatForkEvidence(comparison.evidence);
      const evidence = parseForkEvidence(text);
      if (evidence === undefined) throw new Error('no evidence');
      expect(verifyForkEvidence(evidence)).toBe(true);
      expect(verifyForkEvidence(evidence, vkey)).toBe(true);
      expect(verifyForkEvidence(evidence, growTestLog(1).vkey)).toBe(false);
    }
  });

  it('prove nothing without the log, or with one that does not show what it signed', async () => {
    const [one, other] = [await log.sign(9), await forked.sign(60)];
    expect(await compareCheckpoints([one, other], vkey)).toEqual({ kind: 'unproven' });
    expect(await compare(one, await log.sign(60), forked.hashAt)).toEqual({ kind: 'log_mismatch' });
    await expect(compareCheckpoints(['x', one], vkey)).rejects.toThrow(RangeError);
  });

  it('are no evidence when they agree, or when anything is changed', async () => {
    const comparison = await compare(await forked.sign(9), await log.sign(60));
    if (comparison.kind !== 'forked') throw new Error(comparison.kind);
    const { evidence } = comparison;
    const { checkpoint } = verifyCheckpoint(await log.sign(9), { vkey });
    const changes: readonly Partial<ForkEvidence>[] = [
      { older: await log.sign(9) },
      { older: evidence.newer },
      { newer: await log.sign(59) },
      { root: new Uint8Array(32) },
      { path: [] },
      { older: 'x' },
    ];
    for (const change of changes) expect(verifyForkEvidence({ ...evidence, ...change })).toBe(false);
    expect(evidence.root).toEqual(checkpoint?.root);
  });

  it.each([
    '',
    '[]',
    'null',
    '{}',
    '{"format":"countersign-fork","v":2,"path":[]}',
    '{"format":"countersign-fork","v":1,"path":[],"vkey":1,"older":"","newer":"","root":""}',
    '{"format":"countersign-fork","v":1,"path":[],"vkey":"","older":"","newer":"","root":1}',
    '{"format":"countersign-fork","v":1,"path":[1],"vkey":"","older":"","newer":"","root":""}',
    'x'.repeat(2_500_001),
  ])('are not found in %#', (text) => {
    expect(parseForkEvidence(text)).toBeUndefined();
  });
});
