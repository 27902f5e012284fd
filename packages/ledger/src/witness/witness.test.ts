import { growTestLog, makeTestSigner, makeTestWitness } from '@countersign/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeBase64 } from '../base64.ts';
import { formatCheckpoint } from '../checkpoint.ts';
import { proveConsistency } from '../merkle-proof.ts';
import { parseNote, signNote } from '../note.ts';
import { hashEmptyTree } from '../tree-hash.ts';
import { createVerifierKey, formatVerifierKey, parseVerifierKey } from '../verifier-key.ts';
import { formatAddCheckpoint, longestSubmission, parseAddCheckpoint } from './add-checkpoint.ts';
import { cosignText, verifyCosignature } from './cosignature.ts';
import { findCosigners } from './find-cosigners.ts';
import { judgeSubmission, openSubmission, type Submission } from './judge-submission.ts';
import { createWitnessKey, formatWitnessKey, parseWitnessKey } from './witness-key.ts';

const log = growTestLog(40);
const witness = makeTestWitness();
const at = 1_790_000_000;

async function makeNote(size: number, ...lines: readonly string[]) {
  const text = `${await log.sign(size)}${lines.join('')}`;
  const note = parseNote(text);
  if (note === undefined) throw new Error('no note');
  return { text, note };
}

describe('a witness key', () => {
  it('has an id of its own, and is no key that signs notes', () => {
    const text = formatWitnessKey(witness.key);
    expect(parseWitnessKey(text)).toEqual(witness.key);
    expect(parseVerifierKey(text)).toBeUndefined();
    const asLog = createVerifierKey(witness.key.name, witness.key.publicKey);
    expect(parseWitnessKey(formatVerifierKey(asLog))).toBeUndefined();
    expect(asLog.keyId).not.toEqual(witness.key.keyId);
  });
});

describe('a cosignature', () => {
  it('is a further line of the same note, and says when', async () => {
    const { note } = await makeNote(3);
    const signed = await makeNote(3, cosignText(note.text, witness, at));
    expect(verifyCosignature(signed.note, witness.key)).toEqual({ verdict: 'verified', at });
    expect(verifyCosignature(note, witness.key)).toEqual({ verdict: 'unknown_key', at: null });
  });

  it('holds for its checkpoint, its time and its key alone', async () => {
    const { note } = await makeNote(3);
    const line = cosignText(note.text, witness, at);
    expect(verifyCosignature((await makeNote(4, line)).note, witness.key).verdict).toBe('bad_signature');
    const bytes = Buffer.from(line.trim().split(' ')[2] ?? '', 'base64');
    bytes[11] = (bytes[11] ?? 0) ^ 1;
    const later = `— ${witness.key.name} ${encodeBase64(bytes)}\n`;
    expect(verifyCosignature((await makeNote(3, later)).note, witness.key).verdict).toBe('bad_signature');
    const other = makeTestWitness();
    expect(verifyCosignature((await makeNote(3, line)).note, other.key).verdict).toBe('unknown_key');
    // One that holds does not save one that does not.
    const both = await makeNote(3, line, later);
    expect(verifyCosignature(both.note, witness.key).verdict).toBe('bad_signature');
  });

  it.each([0, -1, 1.5, Number.NaN])('has a time: %d', async (time) => {
    const { note } = await makeNote(3);
    expect(() => cosignText(note.text, witness, time)).toThrow(RangeError);
  });

  it.each([0n, 2n ** 63n])('of time %s is refused', async (time) => {
    const { note } = await makeNote(3);
    const stamp = Buffer.alloc(8);
    stamp.writeBigUint64BE(time);
    const signature = witness.sign(Buffer.from(`cosignature/v1\ntime ${time}\n${note.text}`));
    const line = `— ${witness.key.name} ${encodeBase64(Buffer.concat([witness.key.keyId, stamp, signature]))}\n`;
    expect(verifyCosignature((await makeNote(3, line)).note, witness.key).verdict).toBe('bad_signature');
    const short = `— ${witness.key.name} ${encodeBase64(Buffer.concat([witness.key.keyId, signature]))}\n`;
    expect(verifyCosignature((await makeNote(3, short)).note, witness.key).verdict).toBe('bad_signature');
  });

  it('counts each witness once, whatever it is called', async () => {
    const { note } = await makeNote(3);
    const alias = { ...witness, key: createWitnessKey('witness.test/alias', witness.key.publicKey) };
    const second = makeTestWitness('witness.test/two');
    const lines = [witness, alias, second].map((signer) => cosignText(note.text, signer, at));
    const signed = await makeNote(3, ...lines);
    const keys = [witness.key, witness.key, alias.key, second.key, makeTestWitness().key];
    const { cosigned, forged } = findCosigners(signed.note, keys);
    expect(cosigned.map(({ name }) => name)).toEqual(['witness.test/one', 'witness.test/two']);
    expect(forged).toEqual([]);
    const forgery = await makeNote(4, ...lines);
    expect(findCosigners(forgery.note, [witness.key]).forged).toEqual(['witness.test/one']);
  });
});

describe('the body of add-checkpoint', () => {
  it('is read as it is written', () => {
    const proof = [new Uint8Array(32).fill(7), new Uint8Array(32).fill(8)];
    for (const request of [
      { oldSize: 0, proof: [], note: 'x\n' },
      { oldSize: 12, proof, note: 'a\n\nb' },
    ])
      expect(parseAddCheckpoint(formatAddCheckpoint(request))).toEqual(request);
  });

  it.each<[string, string]>([
    ['nothing', ''],
    ['no empty line', 'old 0\nx'],
    ['no old size', 'size 0\n\nx'],
    ['a leading zero', 'old 01\n\nx'],
    ['a size beyond what is counted', 'old 9999999999999999\n\nx'],
    ['a hash that is none', 'old 1\nAAAA\n\nx'],
    ['a hash that is no base64', 'old 1\n*\n\nx'],
    ['64 hashes', `old 1\n${`${encodeBase64(new Uint8Array(32))}\n`.repeat(64)}\nx`],
    ['a long body', `old 0\n\n${'x'.repeat(longestSubmission)}`],
  ])('with %s is malformed', (_what, body) => {
    expect(parseAddCheckpoint(body)).toBeUndefined();
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (body) => void parseAddCheckpoint(`old 1\n${body}`)));
  });
});

describe('a witness', () => {
  const logs = new Map([[log.signer.key.name, log.signer.key]]);
  const checkpointOf = async (size: number) => {
    const submission = openSubmission(await submit(0, size), logs);
    if (!('checkpoint' in submission)) throw new Error('refused');
    return submission.checkpoint;
  };
  const submit = async (old: number, size: number, note?: string) =>
    formatAddCheckpoint({
      oldSize: old,
      proof: old > size ? [] : await proveConsistency(old, size, log.hashAt),
      note: note ?? (await log.sign(size)),
    });
  const judge = async (body: string, kept?: number) => {
    const submission = openSubmission(body, logs);
    if ('kind' in submission) return submission;
    return judgeSubmission(submission, kept === undefined ? undefined : await checkpointOf(kept));
  };

  it.each([
    [0, 0, undefined],
    [0, 5, undefined],
    [5, 17, 5],
    [17, 40, 17],
    [40, 40, 40],
  ] as const)('cosigns a tree that grew from %i to %i', async (old, size, kept) => {
    expect(await judge(await submit(old, size), kept)).toBeUndefined();
  });

  it('refuses, with the status that the protocol asks for', async () => {
    const foreign = makeTestSigner('other.test/ledger');
    const unknown = signNote('other.test/ledger\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n', foreign);
    expect(await judge('x')).toEqual({ kind: 'malformed', status: 400 });
    expect(await judge('old 0\n\nno note')).toEqual({ kind: 'malformed', status: 400 });
    expect(await judge(await submit(0, 0, unknown))).toEqual({ kind: 'unknown_log', status: 404 });
    const thief = makeTestSigner(log.signer.key.name);
    const stolen = await growTestLog(5, thief).sign(5);
    expect(await judge(await submit(0, 5, stolen))).toEqual({ kind: 'not_signed', status: 403 });
    const spoiled = (await log.sign(5)).replace('\n5\n', '\n6\n');
    expect(await judge(await submit(0, 5, spoiled))).toEqual({ kind: 'not_signed', status: 403 });
    expect(await judge(await submit(6, 5))).toEqual({ kind: 'malformed', status: 400 });
    expect(await judge(await submit(0, 5), 3)).toEqual({ kind: 'conflict', status: 409, size: 3 });
    expect(await judge(await submit(3, 5))).toEqual({ kind: 'conflict', status: 409, size: 0 });
  });

  it('finds a log that is rolled back, rewritten, or forked', async () => {
    expect(await judge(await submit(5, 5), 17)).toEqual({ kind: 'conflict', status: 409, size: 17 });
    const forked = growTestLog(40, log.signer, 'b');
    const sign = async (old: number, size: number) => submit(old, size, await forked.sign(size));
    expect(await judge(await sign(17, 17), 17)).toEqual({ kind: 'forked', status: 422 });
    expect(await judge(await sign(17, 30), 17)).toEqual({ kind: 'inconsistent', status: 422 });
    const wrongProof = formatAddCheckpoint({ oldSize: 17, proof: [], note: await log.sign(30) });
    expect(await judge(wrongProof, 17)).toEqual({ kind: 'inconsistent', status: 422 });
    const proofOfNothing = formatAddCheckpoint({
      ...{ oldSize: 0, note: await log.sign(30) },
      proof: [new Uint8Array(32)],
    });
    expect(await judge(proofOfNothing)).toEqual({ kind: 'inconsistent', status: 422 });
  });

  it('refuses an empty tree with a root', async () => {
    const { name: origin } = log.signer.key;
    const root = Uint8Array.from(hashEmptyTree(), (byte) => byte ^ 1);
    const note = signNote(formatCheckpoint({ origin, size: 0, root }), log.signer);
    expect(await judge(await submit(0, 0, note))).toEqual({ kind: 'inconsistent', status: 422 });
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string(), (body) => {
        const opened: Submission | object = openSubmission(`old 0\n\n${body}`, logs);
        expect(opened).toHaveProperty('kind');
      }),
    );
  });
});
