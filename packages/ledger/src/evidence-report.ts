import { decodeBase64 } from './base64.ts';
import { parseCheckpoint } from './checkpoint.ts';
import { parseEntry } from './entry.ts';
import { verifyInclusion } from './merkle-proof.ts';
import { type NoteSigner, parseNote, verifyNote } from './note.ts';
import { digestReport, type ReportVerdict, signReport, verifyReport } from './signed-report.ts';
import { mostStreams } from './stream-place.ts';
import { hashLeaf } from './tree-hash.ts';
import { parseVerifierKey } from './verifier-key.ts';

const purpose = 'countersign evidence report 1';
const mostRecords = 10_000;

/** SHA-256, base64, of the canonical report (RFC 8785). */
export function digestEvidenceReport(report: unknown): string {
  return digestReport(report);
}

/** C2SP signed note that binds the report's digest to the ledger's key. */
export function signEvidenceReport(report: unknown, signer: NoteSigner): string {
  return signReport(purpose, report, signer);
}

export interface EvidenceReportVerdict extends Omit<ReportVerdict, 'report'> {
  /** Records of the report that are proven to be in the tree of its checkpoint. */
  readonly proven: number;
  /** Ids, or places, of records whose proof does not hold: with any, the report is not valid. */
  readonly unproven: readonly string[];
}

/**
 * Checks a signed report, which is hostile text, offline: its signature, that of its checkpoint, and for each record
 * that it is in the tree under that checkpoint, or under that of its stream, whose key the report names. `vkey` is the ledger's
 * verifier key, known from elsewhere. Never throws.
 */
export function verifyEvidenceReport(text: string, vkey?: string): EvidenceReportVerdict {
  const { report, ...verdict } = verifyReport(purpose, text, vkey);
  if (!verdict.valid || report === null || verdict.vkey === null)
    return { ...verdict, proven: 0, unproven: [] };
  const { proven, unproven } = checkRecords(report, verdict.vkey);
  if (unproven.length === 0) return { ...verdict, proven, unproven };
  return { ...verdict, valid: false, reason: 'changed', proven, unproven };
}

function checkRecords(report: Readonly<Record<string, unknown>>, vkey: string) {
  const tree = readTree(report, vkey);
  if (tree === undefined) return { proven: 0, unproven: ['checkpoint'] };
  const streams = readStreams(report.streams);
  if (streams === undefined) return { proven: 0, unproven: ['streams'] };
  const { records } = report;
  if (!Array.isArray(records) || records.length > mostRecords) return { proven: 0, unproven: ['records'] };
  const unproven = records.flatMap((record: unknown, index) =>
    isProven(record, tree, streams) ? [] : [nameRecord(record, index)],
  );
  return { proven: records.length - unproven.length, unproven };
}

interface Tree {
  readonly size: number;
  readonly root: Uint8Array;
}

function readTree({ checkpoint, size }: Readonly<Record<string, unknown>>, vkey: string): Tree | undefined {
  const tree = typeof checkpoint === 'string' ? readCheckpoint(checkpoint, vkey) : undefined;
  return tree?.size === size ? tree : undefined;
}

/** The trees of other streams, by name. Whoever signed the report vouches for their keys; undefined when any is not signed. */
function readStreams(value: unknown): ReadonlyMap<string, Tree> | undefined {
  const trees = new Map<string, Tree>();
  if (value === undefined) return trees;
  if (!Array.isArray(value) || value.length > mostStreams) return undefined;
  for (const item of value as readonly unknown[]) {
    if (typeof item !== 'object' || item === null) return undefined;
    const described = item as Readonly<Record<string, unknown>>;
    const { stream, vkey, origin } = described;
    if (typeof stream !== 'string' || trees.has(stream) || typeof vkey !== 'string') return undefined;
    const tree = readTree(described, vkey);
    if (tree === undefined || parseVerifierKey(vkey)?.name !== origin) return undefined;
    trees.set(stream, tree);
  }
  return trees;
}

function readCheckpoint(text: string, vkey: string) {
  const key = parseVerifierKey(vkey);
  const note = parseNote(text);
  if (key === undefined || note === undefined || verifyNote(note, key) !== 'verified') return undefined;
  return parseCheckpoint(note.text);
}

function isProven(record: unknown, first: Tree, streams: ReadonlyMap<string, Tree>): boolean {
  if (typeof record !== 'object' || record === null) return false;
  const { id, entry, path, kind, at } = record as Readonly<Record<string, unknown>>;
  if (typeof entry !== 'string' || !Array.isArray(path) || path.length > 64) return false;
  const leaf = readEntry(entry);
  // What the report says of a record is what the tree says, or the proof is of another one.
  if (leaf === undefined || leaf.id !== id || leaf.kind !== kind || leaf.at !== at) return false;
  const tree = streams.get(leaf.stream) ?? first;
  const hashes = path.map((hash: unknown) => (typeof hash === 'string' ? decodeBase64(hash) : undefined));
  if (!hashes.every((hash) => hash !== undefined && hash.length === 32)) return false;
  const proof = hashes.flatMap((hash) => hash ?? []);
  return verifyInclusion(hashLeaf(entry), leaf.seq, tree.size, proof, tree.root);
}

function readEntry(text: string) {
  try {
    return parseEntry(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function nameRecord(record: unknown, index: number): string {
  const id = typeof record === 'object' && record !== null && 'id' in record ? record.id : undefined;
  return typeof id === 'string' && /^rec_[0-9A-Z]{26}$/.test(id) ? id : `record ${index}`;
}
