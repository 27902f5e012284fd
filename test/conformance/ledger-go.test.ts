import { generateKeyPairSync, sign } from 'node:crypto';
import {
  commitPayload,
  computeRoot,
  createVerifierKey,
  decodeBase64,
  type ExportRecord,
  encodeBase64,
  encodeEntry,
  formatCheckpoint,
  formatExportEnd,
  formatExportHeader,
  formatExportRecord,
  formatVerifierKey,
  type HashAt,
  hashLeaf,
  MerkleFrontier,
  type NoteSigner,
  parseCheckpoint,
  parseNote,
  parseVerifierKey,
  proveConsistency,
  proveInclusion,
  signNote,
  verifyConsistency,
  verifyExport,
  verifyInclusion,
  verifyNote,
} from '@countersign/ledger';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildGoVerifier, type GoInput, type GoOutput } from './build-go-verifier.ts';

const origin = 'example.test/ledger';
const size = 517;

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const signer: NoteSigner = {
  key: createVerifierKey(
    origin,
    new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)),
  ),
  sign: (message) => sign(null, message, privateKey),
};

const records = Array.from({ length: size }, (_, seq): ExportRecord => {
  const salt = new Uint8Array(16).fill(seq % 256);
  const payload = `{"body":{"text":"é\\n${seq}"},"tool":"pay"}`;
  const entry = {
    v: 1 as const,
    stream: 'main',
    seq,
    id: `rec_${seq}`,
    at: 1_790_000_000_000 + seq,
    kind: 'action.intent',
    causes: seq === 0 ? [] : [`rec_${seq - 1}`],
    commitment: commitPayload(salt, payload),
  };
  return { entry, opening: seq % 10 === 3 ? null : { payload, salt } };
});
const leafHashes = records.map(({ entry }) => hashLeaf(encodeEntry(entry)));

const hashAt: HashAt = (level, index) => {
  const tree = new MerkleFrontier();
  for (const hash of leafHashes.slice(index * 2 ** level, (index + 1) * 2 ** level)) tree.append(hash);
  return tree.root();
};

async function signTree(leaves: number): Promise<string> {
  return signNote(
    formatCheckpoint({ origin, size: leaves, root: await computeRoot(leaves, hashAt) }),
    signer,
  );
}

async function makeInput(): Promise<GoInput> {
  const header = {
    stream: 'main',
    origin,
    vkey: formatVerifierKey(signer.key),
    from: 0,
    to: size,
    frontier: [],
  };
  const lines = [formatExportHeader(header), ...records.map(formatExportRecord)];
  const indexes = [0, 1, 255, 256, 511, 512, 515, 516];
  const older = [1, 2, 255, 256, 257, 512, 516, 517];
  return {
    export: [...lines, formatExportEnd({ checkpoint: await signTree(size), consistency: [] })],
    inclusion: await Promise.all(
      indexes.map(async (index) => ({
        index,
        path: (await proveInclusion(index, size, hashAt)).map(encodeBase64),
      })),
    ),
    consistency: await Promise.all(
      older.map(async (leaves) => ({
        checkpoint: await signTree(leaves),
        path: (await proveConsistency(leaves, size, hashAt)).map(encodeBase64),
      })),
    ),
  };
}

async function* stream(lines: readonly string[]) {
  yield* lines;
}

// x/mod/sumdb of the Go project is the independent verifier; this cites ledger.independent-verifier.
describe('ledger.independent-verifier', () => {
  let runGo: (input: GoInput) => Promise<GoOutput>;
  let input: GoInput;
  beforeAll(async () => {
    runGo = await buildGoVerifier();
    input = await makeInput();
  }, 600_000);

  it('accepts an export, its checkpoints and all its proofs', async () => {
    expect(await runGo(input)).toMatchObject({ failures: [], records: size });
    const vkey = formatVerifierKey(signer.key);
    expect(await verifyExport(stream(input.export), { vkey })).toMatchObject({ valid: true, records: size });
  });

  it.each<[string, (lines: readonly string[]) => readonly string[], string]>([
    [
      'a changed entry',
      (lines) => lines.with(5, lines[5]?.replace('action.intent', 'action.denied') ?? ''),
      'tree',
    ],
    ['a changed payload', (lines) => lines.with(5, lines[5]?.replace('"pay"', '"steal"') ?? ''), 'record 4'],
    ['a missing record', (lines) => lines.toSpliced(5, 1), 'tree'],
    ['swapped records', (lines) => lines.with(5, lines[6] ?? '').with(6, lines[5] ?? ''), 'tree'],
    ['a cut-off tail', (lines) => lines.toSpliced(-2, 1), 'tree'],
    [
      'a changed checkpoint',
      (lines) => lines.with(-1, lines.at(-1)?.replace(`\\n${size}\\n`, '\\n516\\n') ?? ''),
      'checkpoint',
    ],
  ])('finds what we find: %s', async (_name, change, failure) => {
    const lines = change(input.export);
    const { failures } = await runGo({ export: lines, inclusion: [], consistency: [] });
    expect(failures.map((text) => text.split(':')[0])).toContain(failure);
    expect((await verifyExport(stream(lines))).valid).toBe(false);
  });

  it('refuses proofs that are not for this record or tree', async () => {
    const [first, second] = input.inclusion;
    const [older, newer] = input.consistency;
    if (!first || !second || !older || !newer) throw new Error('too few proofs');
    const wrong = {
      export: input.export,
      inclusion: [{ index: second.index, path: first.path }],
      consistency: [{ checkpoint: newer.checkpoint, path: older.path }],
    };
    const { failures } = await runGo(wrong);
    expect(failures.map((text) => text.split(':')[0])).toEqual(['inclusion 1', 'consistency 2']);
  });

  it('makes a log whose note and proofs we accept', async () => {
    const go = await runGo(input);
    const key = parseVerifierKey(go.key);
    const open = (text: string) => {
      const note = parseNote(text);
      const checkpoint = note && parseCheckpoint(note.text);
      if (note === undefined || checkpoint === undefined || key === undefined) throw new Error('malformed');
      expect(verifyNote(note, key)).toBe('verified');
      return checkpoint;
    };
    const head = open(go.note);
    const read = (path: readonly string[] | null) =>
      (path ?? []).map((hash) => decodeBase64(hash) ?? new Uint8Array());
    expect(go.proofs.length).toBeGreaterThan(10);
    for (const { index, path } of go.proofs) {
      const leaf = hashLeaf(go.leaves[index] ?? '');
      expect(verifyInclusion(leaf, index, head.size, read(path), head.root)).toBe(true);
    }
    expect(go.older.length).toBeGreaterThan(4);
    for (const { checkpoint, path } of go.older) {
      const older = open(checkpoint);
      expect(verifyConsistency(older.size, older.root, head.size, head.root, read(path))).toBe(true);
    }
  });
});
