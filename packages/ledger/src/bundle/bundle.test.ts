import { makeTestBundle, makeTestWitness, type TestBundle } from '@countersign/testkit';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { canonicalJson } from '../canonical-json.ts';
import { formatWitnessKey } from '../witness/witness-key.ts';
import type { BundleFindingCode } from './bundle-report.ts';
import { parseBundleLine } from './parse-bundle-line.ts';
import { type VerifyBundleOptions, verifyBundle } from './verify-bundle.ts';

let made: TestBundle;
let other: TestBundle;

beforeAll(async () => {
  made = await makeTestBundle({ others: 5 });
  other = await makeTestBundle({ others: 5, text: 'another' });
});

const verify = (lines: readonly string[], options: VerifyBundleOptions = { vkey: made.vkey }) =>
  verifyBundle(lines, options);
const codes = async (lines: readonly string[], options?: VerifyBundleOptions) => [
  ...new Set((await verify(lines, options)).findings.map(({ code }) => code)),
];

const at = (lines: readonly string[], text: string) => lines.findIndex((line) => line.includes(text));
/** The same line with something changed in it, written canonically. */
const edit = (lines: readonly string[], text: string, change: (value: never) => unknown): string[] => {
  const place = at(lines, text);
  return lines.with(place, canonicalJson(change(JSON.parse(lines[place] ?? '') as never)));
};
const without = (lines: readonly string[], text: string) => lines.toSpliced(at(lines, text), 1);

describe('a bundle', () => {
  it('verifies with nothing but the file and the key of its log', async () => {
    const report = await verify(made.lines);
    expect(report.findings).toEqual([]);
    expect(report).toMatchObject({
      ...{ valid: true, key: 'given', origin: 'example.test/ledger', truncated: false, size: 23 },
      ...{ records: 13, missing: 1, policies: 1, tools: 1, withheld: {} },
      madeFor: { id: 'per_9', name: 'pay invoice 7' },
      receipts: [{ approval: 'apr_1', outcome: 'approved', proven: true, status: null }],
    });
    expect(await verify(made.lines, {})).toMatchObject({ valid: true, key: 'claimed' });
    expect(await verify(made.lines, { vkey: made.vkey, issuerKeys: made.issuerKeys })).toMatchObject({
      valid: true,
    });
  });

  it('is refused with the key of another log, and with a key that is none', async () => {
    expect(await codes(made.lines, { vkey: other.vkey })).toEqual(['checkpoint.bad_signature']);
    expect(await codes(made.lines, { vkey: 'x' })).toEqual(['key.invalid']);
    expect(await codes(made.lines, { vkey: made.vkey.replace('example', 'elsewhere') })).toEqual([
      'key.invalid',
    ]);
  });

  it('needs the cosignatures of the witnesses that are trusted', async () => {
    const [signer, stranger] = [makeTestWitness(), makeTestWitness('witness.test/two')];
    const [witness, foreign] = [formatWitnessKey(signer.key), formatWitnessKey(stranger.key)];
    const seen = await makeTestBundle({ witness: { signer } });
    const trust = (witnesses: readonly string[], quorum?: number) => ({
      ...{ vkey: seen.vkey, witnesses },
      ...(quorum === undefined ? {} : { quorum }),
    });
    expect(await verify(seen.lines, trust([witness]))).toMatchObject({
      valid: true,
      cosigned: [{ name: signer.key.name, at: 1_790_000_000 }],
    });
    expect(await codes(seen.lines, trust([witness, foreign]))).toEqual(['checkpoint.not_witnessed']);
    expect(await codes(seen.lines, trust([witness, foreign], 1))).toEqual([]);
    expect(await codes(seen.lines, trust(['x']))).toEqual(['key.invalid']);
    const late = await makeTestBundle({ witness: { signer, missing: 3 } });
    expect(await codes(late.lines, { vkey: late.vkey, witnesses: [witness] })).toEqual([
      'checkpoint.not_witnessed',
    ]);
    const other = await makeTestBundle({ witness: { signer: stranger } });
    const swapped = seen.lines.with(1, other.lines[1] ?? '');
    expect(await codes(swapped, trust([witness]))).toContain('checkpoint.bad_signature');
    const forged = edit(
      seen.lines,
      '"type":"checkpoint"',
      (line: { witnessed: { consistency: string[] } }) => ({
        ...line,
        witnessed: { ...line.witnessed, consistency: line.witnessed.consistency.toReversed() },
      }),
    );
    expect(await codes(forged, trust([witness]))).toContain('checkpoint.not_consistent');
  });

  it('is refused with receipts of another issuer', async () => {
    const { findings } = await verify(made.lines, { vkey: made.vkey, issuerKeys: other.issuerKeys });
    expect(findings).toMatchObject([{ code: 'receipt.invalid', detail: 'a receipt: bad_signature' }]);
  });

  it('holds each hash of its proofs once', async () => {
    const large = await makeTestBundle({ others: 500 });
    const hashes = large.lines.flatMap((line) => {
      const parsed = parseBundleLine(line);
      return parsed?.type === 'hashes' ? parsed.hashes : [];
    });
    expect(await verify(large.lines, { vkey: large.vkey })).toMatchObject({ valid: true, size: 1013 });
    expect(hashes.length).toBeLessThan(50);
  });
});

const change = (members: object) => (value: object) => ({ ...value, ...members });

describe('what was done to a bundle', () => {
  const cases: readonly [string, (lines: readonly string[]) => readonly string[], BundleFindingCode][] = [
    ['another payload', (l) => edit(l, 'rec_outcome"', change({ payload: { body: {} } })), 'record.changed'],
    [
      'swapped openings',
      (l) => {
        const taken = JSON.parse(l[at(l, '"id":"rec_outcome"')] ?? '') as { payload: unknown; salt: unknown };
        return edit(l, '"id":"rec_intent"', change({ payload: taken.payload, salt: taken.salt }));
      },
      'record.changed',
    ],
    [
      'a payload withheld afterwards',
      (l) => edit(l, '"id":"rec_outcome"', change({ payload: null, salt: null, withheld: 'erased' })),
      'bundle.changed',
    ],
    ['a record removed', (l) => without(l, '"id":"rec_outcome"'), 'bundle.changed'],
    ['a cause removed', (l) => without(l, '"id":"rec_granted"'), 'cause.missing'],
    ['a record repeated', (l) => l.toSpliced(5, 0, l[5] ?? ''), 'record.duplicated'],
    ['records in another order', (l) => l.with(5, l[6] ?? '').with(6, l[5] ?? ''), 'record.reordered'],
    [
      'another time of a record',
      (l) => edit(l, '"id":"rec_vote', (v: { entry: object }) => ({ ...v, entry: { ...v.entry, at: 1 } })),
      'record.not_proven',
    ],
    [
      'a record of another stream',
      (l) =>
        edit(l, '"id":"rec_vote', (v: { entry: object }) => ({ ...v, entry: { ...v.entry, stream: 'b' } })),
      'record.inserted',
    ],
    [
      'a proof that goes elsewhere',
      (l) => edit(l, '"id":"rec_vote', (v: { proof: number[] }) => ({ ...v, proof: v.proof.toReversed() })),
      'record.not_proven',
    ],
    [
      'a proof that ends nowhere',
      (l) => edit(l, '"id":"rec_vote', (v: { proof: number[] }) => ({ ...v, proof: [...v.proof, 99999] })),
      'record.not_proven',
    ],
    [
      'another hash',
      (l) =>
        edit(l, '"hashes":', (v: { hashes: string[] }) => ({
          ...v,
          hashes: v.hashes.with(0, Buffer.alloc(32).toString('base64')),
        })),
      'record.not_proven',
    ],
    [
      'a hash more',
      (l) =>
        edit(l, '"hashes":', (v: { hashes: string[] }) => ({
          ...v,
          hashes: [...v.hashes, Buffer.alloc(32, 1).toString('base64')],
        })),
      'line.unexpected',
    ],
    ['the checkpoint of another log', (l) => l.with(1, other.lines[1] ?? ''), 'checkpoint.bad_signature'],
    ['no checkpoint', (l) => l.toSpliced(1, 1), 'checkpoint.missing'],
    ['proofs of another log', (l) => l.with(2, other.lines[2] ?? ''), 'record.not_proven'],
    [
      'a record of another log',
      (l) => l.with(at(l, '"id":"rec_outcome"'), other.lines[at(other.lines, '"id":"rec_outcome"')] ?? ''),
      'record.not_proven',
    ],
    [
      'another policy text',
      (l) => edit(l, '"type":"policy"', change({ files: [{ name: 'a.cedar', text: 'permit' }] })),
      'policy.changed',
    ],
    ['no policy', (l) => without(l, '"type":"policy"'), 'policy.missing'],
    [
      'a policy of no decision',
      (l) => edit(l, '"type":"policy"', change({ version: 'pol_2' })),
      'policy.unbound',
    ],
    ['another tool', (l) => edit(l, '"type":"tool"', change({ definition: {} })), 'tool.unbound'],
    [
      'the receipt of another action',
      (l) => l.with(at(l, '"type":"receipt"'), other.lines[at(other.lines, '"type":"receipt"')] ?? ''),
      'receipt.invalid',
    ],
    [
      'a receipt cut short',
      (l) =>
        edit(l, '"type":"receipt"', (v: { receipt: string }) => ({
          ...v,
          receipt: `${v.receipt.split('~').slice(0, 2).join('~')}~`,
        })),
      'receipt.unbound',
    ],
    ['no receipt', (l) => without(l, '"type":"receipt"'), 'bundle.changed'],
    [
      'another reader',
      (l) => edit(l, '"format":', change({ madeFor: { id: 'per_8', name: 'x' } })),
      'bundle.changed',
    ],
    ['cut off', (l) => l.slice(0, -1), 'bundle.truncated'],
    ['cut off among the records', (l) => l.slice(0, 8), 'bundle.not_recorded'],
    ['a line after the end', (l) => [...l, l.at(-2) ?? ''], 'line.unexpected'],
    ['a second header', (l) => [...l.slice(0, 1), ...l], 'line.unexpected'],
    ['no header', (l) => l.slice(1), 'header.invalid'],
    ['another version', (l) => edit(l, '"format":', change({ v: 2 })), 'header.invalid'],
    ['nothing', () => [], 'header.invalid'],
    ['a space', (l) => l.with(4, ` ${l[4]}`), 'line.malformed'],
    ['a member more', (l) => edit(l, '"id":"rec_vote', change({ more: 1 })), 'line.malformed'],
    [
      'a prototype',
      (l) => l.with(4, (l[4] ?? '').replace('{"entry"', '{"__proto__":{"withheld":null},"entry"')),
      'line.malformed',
    ],
    ['a line of 5 MB', (l) => l.with(4, `{"${'a'.repeat(5_000_000)}`), 'line.too_long'],
    ['a million brackets', (l) => l.with(4, '['.repeat(1_000_000)), 'line.malformed'],
    [
      'a payload nested deeply',
      (l) =>
        l.with(
          4,
          (l[4] ?? '').replace('"payload":{', `"payload":{"a":${'['.repeat(1000)}${']'.repeat(1000)},`),
        ),
      'line.malformed',
    ],
    [
      'a cause declared missing that is here',
      (l) => edit(l, '"type":"missing"', change({ causes: ['rec_before', 'rec_task'] })),
      'line.unexpected',
    ],
  ];
  it.each(cases)('is found: %s', async (_what, doTo, code) => {
    const report = await verify(doTo(made.lines));
    expect(report.valid).toBe(false);
    expect(report.findings.map((finding) => finding.code)).toContain(code);
  });

  it('is found whatever character was changed', async () => {
    const text = made.lines.join('\n');
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length - 1), fc.integer({ min: 1, max: 127 }), async (place, by) => {
        const changed = String.fromCharCode(text.charCodeAt(place) ^ by);
        const lines = `${text.slice(0, place)}${changed}${text.slice(place + 1)}`.split('\n');
        expect((await verify(lines)).valid).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('is found whatever line was removed, repeated or moved', async () => {
    const last = made.lines.length - 1;
    await fc.assert(
      fc.asyncProperty(
        fc.nat(last),
        fc.nat(last),
        fc.constantFrom('drop', 'copy', 'move'),
        async (from, to, how) => {
          const line = made.lines[from] ?? '';
          const lines = how === 'copy' ? made.lines : made.lines.toSpliced(from, 1);
          const changed = how === 'drop' ? lines : lines.toSpliced(to, 0, line);
          if (changed.join('\n') === made.lines.join('\n')) return;
          expect((await verify(changed)).valid).toBe(false);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('never throws, whatever it is given', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.string(), fc.json(), fc.constantFrom(...made.lines))),
        async (lines) => {
          expect((await verify(lines)).valid).toBe(false);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('what a maker can do who holds the key of the log', () => {
  const remake = async (alter: Parameters<typeof makeTestBundle>[0]) => {
    const bundle = await makeTestBundle(alter);
    return codes(bundle.lines, { vkey: bundle.vkey });
  };

  it('is still held to what the records, the policies and the passkeys say', async () => {
    expect(await remake({ change: (parts) => ({ ...parts, missing: [] }) })).toEqual(['cause.missing']);
    expect(
      await remake({ change: (parts) => ({ ...parts, policies: [{ version: 'pol_1', files: [] }] }) }),
    ).toEqual(['policy.changed']);
    const [foreign] = other.lines.flatMap((line) => {
      const parsed = parseBundleLine(line);
      return parsed?.type === 'receipt' ? [parsed.receipt] : [];
    });
    expect(
      await remake({
        change: (parts) => ({
          ...parts,
          issuerKeys: other.issuerKeys,
          receipts: foreign === undefined ? [] : [foreign],
        }),
      }),
    ).toEqual(['receipt.unbound', 'receipt.another_action']);
  });

  it('may withhold payloads, and says so', async () => {
    const bundle = await makeTestBundle({
      change: (parts) => ({
        ...parts,
        records: parts.records.map((record) =>
          record.entry.kind === 'action.outcome' ? { ...record, opening: 'erased' } : record,
        ),
      }),
    });
    expect(await verify(bundle.lines, { vkey: bundle.vkey })).toMatchObject({
      valid: true,
      withheld: { erased: 1 },
    });
  });
});
