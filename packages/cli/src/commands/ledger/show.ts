import { writeFileSync } from 'node:fs';
import {
  commitPayload,
  decodeBase64,
  decodeBase64url,
  encodeEntry,
  formatRecordProof,
  hashLeaf,
  parseCheckpoint,
  parseEntry,
  parseNote,
  parseVerifierKey,
  saltBytes,
  verifyInclusion,
  verifyNote,
} from '@countersign/ledger';
import { CliError } from '../../cli-error.ts';
import { defineCommand } from '../../command.ts';
import { exitCodes } from '../../exit-codes.ts';
import type { Session } from '../../session.ts';
import { type LedgerRecordFacts, recordDetailFields } from './record.ts';

interface ProvenRecord {
  readonly entry: string;
  readonly opening: { readonly payload: string; readonly salt: string } | null;
  readonly proof: { readonly checkpoint: string; readonly path: readonly string[]; readonly vkey: string };
}

export const showRecord = defineCommand<{ vkey?: string; proof?: string }>({
  usage: 'show <record>',
  summary: 'one record, and whether its inclusion in the signed tree proves true here',
  options: [
    { flags: '--vkey <key>', summary: "the log's verifier key, known from elsewhere" },
    { flags: '--proof <file>', summary: 'write a proof that verifies offline here (C2SP tlog-proof)' },
  ],
  async run(session, { vkey, proof: file }, id = '') {
    const proven = await session.api().get<ProvenRecord>(`/v1/ledger/records/${encodeURIComponent(id)}`);
    const key = vkey ?? proven.proof.vkey;
    const { record, proof } = readProven(proven, id, key);
    if (file !== undefined) writeProof(session, file, proven);
    session.print.item({ record, proof, evidence: proven }, [
      ...recordDetailFields.map(
        ([head, read]) => [head, (shown: { record: LedgerRecordFacts }) => read(shown.record)] as const,
      ),
      ['PROOF', (shown) => shown.proof],
    ]);
    return proof.startsWith('included') ? exitCodes.done : exitCodes.verificationFailed;
  },
});

function writeProof(session: Session, file: string, { entry, proof }: ProvenRecord): void {
  const parsed = parseEntry(JSON.parse(entry));
  const path = proof.path.map((hash) => decodeBase64(hash) ?? new Uint8Array());
  if (parsed === undefined) throw new CliError('the server sent no entry');
  try {
    const text = formatRecordProof({ entry: parsed, path, checkpoint: proof.checkpoint });
    writeFileSync(file, text, { flag: 'wx', mode: 0o600 });
  } catch (cause) {
    throw new CliError(`${file} cannot be written, or exists already`, { cause });
  }
  session.print.next(`ledger verify ${file} --vkey <key>`);
}

/** Read from what is proven, not from what the server says beside it. */
function readProven(
  proven: ProvenRecord,
  id: string,
  vkey: string,
): { record: LedgerRecordFacts; proof: string } {
  const entry = parseEntry(JSON.parse(proven.entry));
  if (entry === undefined || entry.id !== id) throw new Error('the server answered with another record');
  const { opening } = proven;
  const isDamaged = opening !== null && !opens(opening, entry);
  const facts: object = opening === null || isDamaged ? {} : JSON.parse(opening.payload);
  const { seq, kind, at, causes } = entry;
  const own = { seq, id, kind, at, causes, erased: opening === null };
  const record = { ...facts, ...own, ...(isDamaged ? { damaged: true as const } : {}) };
  return { record, proof: verify(proven, entry, vkey) };
}

function opens(
  { payload, salt }: NonNullable<ProvenRecord['opening']>,
  { commitment }: NonNullable<ReturnType<typeof parseEntry>>,
): boolean {
  const bytes = decodeBase64url(salt);
  return bytes?.length === saltBytes && commitPayload(bytes, payload) === commitment;
}

function verify(
  { opening, proof }: ProvenRecord,
  entry: NonNullable<ReturnType<typeof parseEntry>>,
  vkey: string,
): string {
  const key = parseVerifierKey(vkey);
  const note = parseNote(proof.checkpoint);
  const checkpoint = note && parseCheckpoint(note.text);
  if (key === undefined || note === undefined || checkpoint === undefined)
    return 'the checkpoint is malformed';
  if (verifyNote(note, key) !== 'verified') return 'the checkpoint is not signed by this key';
  if (opening !== null && !opens(opening, entry))
    return 'the payload is damaged: it does not fit its commitment';
  const path = proof.path.map((hash) => decodeBase64(hash) ?? new Uint8Array());
  const isIncluded = verifyInclusion(
    hashLeaf(encodeEntry(entry)),
    entry.seq,
    checkpoint.size,
    path,
    checkpoint.root,
  );
  return isIncluded ? `included in the signed tree of ${checkpoint.size} records` : 'not in the signed tree';
}
