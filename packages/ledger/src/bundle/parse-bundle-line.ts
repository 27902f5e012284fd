import { decodeBase64, decodeBase64url } from '../base64.ts';
import { canonicalJson } from '../canonical-json.ts';
import { isEntryName, parseEntry, saltBytes } from '../entry.ts';
import {
  type BundleLine,
  type BundleReader,
  bundleFormat,
  hashesPerLine,
  withheldReasons,
} from './bundle-format.ts';

type Members = Readonly<Record<string, unknown>>;

const mostProofSteps = 64;
const mostMembers = 10_000;

/**
 * One hostile line of a bundle, or undefined. Any second spelling of the same JSON is refused, and any member that the format
 * does not have: another reader might read something else than what was verified. Never throws.
 */
export function parseBundleLine(line: string): BundleLine | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (!isObject(value) || canonicalJson(value) !== line) return undefined;
    const known = readers.get(value.type);
    return known !== undefined && hasExactly(value, known.members) ? known.read(value) : undefined;
  } catch {
    return undefined;
  }
}

interface Reader {
  readonly members: readonly string[];
  readonly read: (value: Members) => BundleLine | undefined;
}

const readers: ReadonlyMap<unknown, Reader> = new Map<unknown, Reader>([
  [
    'header',
    {
      members: [
        'format',
        'madeAt',
        'madeFor',
        'origin',
        'selection',
        'stream',
        'truncated',
        'type',
        'v',
        'vkey',
      ],
      read: readHeader,
    },
  ],
  ['checkpoint', { members: ['checkpoint', 'type', 'witnessed'], read: readCheckpoint }],
  ['hashes', { members: ['hashes', 'type'], read: readHashLine }],
  ['record', { members: ['entry', 'payload', 'proof', 'salt', 'type', 'withheld'], read: readRecord }],
  ['missing', { members: ['causes', 'type'], read: readMissing }],
  ['issuer', { members: ['keys', 'type'], read: readIssuer }],
  ['policy', { members: ['files', 'type', 'version'], read: readPolicy }],
  ['tool', { members: ['definition', 'name', 'type', 'upstream'], read: readTool }],
  ['receipt', { members: ['receipt', 'status', 'type'], read: readReceipt }],
  ['end', { members: ['record', 'type'], read: readEnd }],
]);

function readHeader(value: Members): BundleLine | undefined {
  const { format, v, madeAt, madeFor, origin, selection, stream, truncated, vkey } = value;
  if (format !== bundleFormat || v !== 1 || !isCount(madeAt) || typeof truncated !== 'boolean')
    return undefined;
  if (!isEntryName(stream) || typeof origin !== 'string' || typeof vkey !== 'string') return undefined;
  const reader = readReader(madeFor);
  if (reader === undefined || !isObject(selection)) return undefined;
  const header = { madeAt, madeFor: reader, origin, selection, stream, truncated, vkey };
  return { type: 'header', header };
}

function readReader(value: unknown): BundleReader | undefined {
  if (!isObject(value) || typeof value.id !== 'string' || typeof value.name !== 'string') return undefined;
  const { id, name, access } = value;
  if (hasExactly(value, ['id', 'name'])) return { id, name };
  if (!hasExactly(value, ['access', 'id', 'name']) || !isObject(access)) return undefined;
  const { until, watermark } = access;
  if (!hasExactly(access, ['until', 'watermark']) || !isCount(until) || !isEntryName(watermark))
    return undefined;
  return { id, name, access: { until, watermark } };
}

function readCheckpoint({ checkpoint, witnessed }: Members): BundleLine | undefined {
  if (typeof checkpoint !== 'string') return undefined;
  if (witnessed === null) return { type: 'checkpoint', checkpoint: { checkpoint, witnessed } };
  if (!isObject(witnessed) || !hasExactly(witnessed, ['checkpoint', 'consistency'])) return undefined;
  const consistency = readHashes(witnessed.consistency, 2 * mostProofSteps);
  const earlier = witnessed.checkpoint;
  if (typeof earlier !== 'string' || consistency === undefined) return undefined;
  const seen = { checkpoint: earlier, consistency };
  return { type: 'checkpoint', checkpoint: { checkpoint, witnessed: seen } };
}

function readHashLine(value: Members): BundleLine | undefined {
  const hashes = readHashes(value.hashes, hashesPerLine);
  return hashes === undefined || hashes.length === 0 ? undefined : { type: 'hashes', hashes };
}

function readRecord({ payload, proof, salt, withheld, ...value }: Members): BundleLine | undefined {
  const entry = parseEntry(value.entry);
  if (entry === undefined || !Array.isArray(proof) || proof.length > mostProofSteps || !proof.every(isCount))
    return undefined;
  const steps: readonly number[] = proof;
  if (payload === null && salt === null) {
    const reason = withheldReasons.find((one) => one === withheld);
    return reason && { type: 'record', record: { entry, opening: reason, proof: steps } };
  }
  const bytes = typeof salt === 'string' ? decodeBase64url(salt) : undefined;
  if (withheld !== null || bytes?.length !== saltBytes || !isObject(payload)) return undefined;
  const opening = { payload: canonicalJson(payload), salt: bytes };
  return { type: 'record', record: { entry, opening, proof: steps } };
}

function readMissing({ causes }: Members): BundleLine | undefined {
  if (!Array.isArray(causes) || causes.length === 0 || causes.length > mostMembers) return undefined;
  return causes.every(isEntryName) ? { type: 'missing', causes } : undefined;
}

function readIssuer({ keys }: Members): BundleLine | undefined {
  return Array.isArray(keys) && keys.length <= 1000 && keys.every(isObject)
    ? { type: 'issuer', keys }
    : undefined;
}

function readPolicy({ version, files }: Members): BundleLine | undefined {
  if (!isEntryName(version) || !Array.isArray(files) || files.length > 1000) return undefined;
  const isWhole = files.every(
    (file) =>
      isObject(file) &&
      hasExactly(file, ['name', 'text']) &&
      typeof file.name === 'string' &&
      typeof file.text === 'string',
  );
  return isWhole ? { type: 'policy', policy: { version, files } } : undefined;
}

function readTool({ upstream, name, definition }: Members): BundleLine | undefined {
  if (typeof upstream !== 'string' || typeof name !== 'string' || !isObject(definition)) return undefined;
  return { type: 'tool', tool: { upstream, name, definition } };
}

function readReceipt({ receipt, status }: Members): BundleLine | undefined {
  if (typeof receipt !== 'string' || (status !== null && typeof status !== 'string')) return undefined;
  return { type: 'receipt', receipt: { receipt, status } };
}

function readEnd({ record }: Members): BundleLine | undefined {
  return isEntryName(record) ? { type: 'end', record } : undefined;
}

function readHashes(value: unknown, most: number): Uint8Array[] | undefined {
  if (!Array.isArray(value) || value.length > most) return undefined;
  const hashes: Uint8Array[] = [];
  for (const item of value) {
    const hash = typeof item === 'string' ? decodeBase64(item) : undefined;
    if (hash?.length !== 32) return undefined;
    hashes.push(hash);
  }
  return hashes;
}

function hasExactly(value: object, names: readonly string[]): boolean {
  const found = Object.keys(value);
  return found.length === names.length && names.every((name) => Object.hasOwn(value, name));
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
