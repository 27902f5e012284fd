import { decodeBase64, decodeBase64url, encodeBase64, encodeBase64url } from './base64.ts';
import { canonicalJson } from './canonical-json.ts';
import { encodeEntry, isEntryName, type LedgerEntry, parseEntry, saltBytes } from './entry.ts';
import { listPeaks } from './merkle-frontier.ts';

/**
 * An export is UTF-8 text, each line canonical JSON (RFC 8785) and a newline: the header, one line per record in order
 * of `seq`, the end.
 */
export const exportFormat = 'countersign-ledger-export';

export interface ExportHeader {
  readonly stream: string;
  /** The log's name in its checkpoints. */
  readonly origin: string;
  /** The log's own claim of its verifier key; whoever wants to trust it compares it with one known from elsewhere. */
  readonly vkey: string;
  /** First `seq` in the export. */
  readonly from: number;
  /** `seq` after the last one in the export. */
  readonly to: number;
  /** Roots of the complete subtrees of the first `from` leaves, largest first: a part of a log can be verified too. */
  readonly frontier: readonly Uint8Array[];
  /** Of a copy whose reader may see only some of it: which copy, whose, and until when they may have read it (RFC 3339). */
  readonly watermark?: ExportWatermark;
}

export interface ExportWatermark {
  readonly id: string;
  readonly person: string;
  readonly takenAt: string;
  readonly until: string;
}

/** Why a payload that is there is not shown: the reader's access does not reach the record, or not what records say. */
export const exportWithheldReasons = ['not_permitted', 'out_of_scope'] as const;
export type ExportWithheld = (typeof exportWithheldReasons)[number];

export interface ExportRecord {
  readonly entry: LedgerEntry;
  /** The payload as canonical JSON and its salt; null when it was erased, or is withheld. */
  readonly opening: { readonly payload: string; readonly salt: Uint8Array } | null;
  /** Absent when nothing is withheld: then a payload that is not there was erased. */
  readonly withheld?: ExportWithheld;
  /** The id of the copy's watermark. */
  readonly watermark?: string;
}

export interface ExportEnd {
  /** A signed note over a tree head of at least `to` leaves. */
  readonly checkpoint: string;
  /** RFC 6962 consistency proof from the tree of `to` leaves to the checkpoint's. */
  readonly consistency: readonly Uint8Array[];
}

export type ExportLine =
  | { readonly type: 'header'; readonly header: ExportHeader }
  | { readonly type: 'record'; readonly record: ExportRecord }
  | { readonly type: 'end'; readonly end: ExportEnd };

export function formatExportHeader(header: ExportHeader): string {
  const { stream, origin, vkey, from, to, watermark } = header;
  const frontier = header.frontier.map(encodeBase64);
  const mark = watermark === undefined ? {} : { watermark: { ...watermark } };
  return canonicalJson({ format: exportFormat, v: 1, stream, origin, vkey, from, to, frontier, ...mark });
}

export function formatExportRecord({ entry, opening, watermark, withheld }: ExportRecord): string {
  const payload = opening === null ? 'null' : opening.payload;
  const salt = opening === null ? 'null' : `"${encodeBase64url(opening.salt)}"`;
  const mark = watermark === undefined ? '' : `,"watermark":${canonicalJson(watermark)}`;
  const reason = withheld === undefined ? '' : `,"withheld":"${withheld}"`;
  return `{"entry":${encodeEntry(entry)},"payload":${payload},"salt":${salt}${mark}${reason}}`;
}

export function formatExportEnd(end: ExportEnd): string {
  return canonicalJson({ checkpoint: end.checkpoint, consistency: end.consistency.map(encodeBase64) });
}

/**
 * One hostile line of an export, or undefined. Any second spelling of the same JSON (spaces, other escapes, repeated or
 * unordered members) is refused: another reader might read something else than what was verified.
 */
export function parseExportLine(line: string): ExportLine | undefined {
  const value = parseJson(line);
  if (value === undefined) return undefined;
  const parsed =
    'entry' in value ? parseRecord(value) : 'format' in value ? parseHeader(value) : parseEnd(value);
  return parsed !== undefined && formatLine(parsed) === line ? parsed : undefined;
}

function formatLine(line: ExportLine): string {
  if (line.type === 'header') return formatExportHeader(line.header);
  return line.type === 'record' ? formatExportRecord(line.record) : formatExportEnd(line.end);
}

function parseHeader(value: Record<string, unknown>): ExportLine | undefined {
  const { format, v, stream, origin, vkey, from, to } = value;
  const frontier = parseHashes(value.frontier);
  if (format !== exportFormat || v !== 1 || frontier === undefined) return undefined;
  if (!isEntryName(stream) || typeof origin !== 'string' || typeof vkey !== 'string') return undefined;
  if (!isCount(from) || !isCount(to) || from > to || frontier.length !== listPeaks(from).length)
    return undefined;
  const header = { stream, origin, vkey, from, to, frontier };
  if (value.watermark === undefined) return { type: 'header', header };
  const watermark = parseWatermark(value.watermark);
  return watermark && { type: 'header', header: { ...header, watermark } };
}

function parseWatermark(value: unknown): ExportWatermark | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { id, person, takenAt, until } = value as Record<string, unknown>;
  if (!isEntryName(id) || !isEntryName(person)) return undefined;
  return typeof takenAt === 'string' && typeof until === 'string'
    ? { id, person, takenAt, until }
    : undefined;
}

function parseRecord(value: Record<string, unknown>): ExportLine | undefined {
  const entry = parseEntry(value.entry);
  if (entry === undefined) return undefined;
  if (value.watermark !== undefined && !isEntryName(value.watermark)) return undefined;
  const marked = value.watermark === undefined ? { entry } : { entry, watermark: value.watermark };
  if (value.payload === null && value.salt === null) {
    if (value.withheld === undefined) return { type: 'record', record: { ...marked, opening: null } };
    const withheld = exportWithheldReasons.find((reason) => reason === value.withheld);
    return withheld && { type: 'record', record: { ...marked, opening: null, withheld } };
  }
  const salt = typeof value.salt === 'string' ? decodeBase64url(value.salt) : undefined;
  if (salt?.length !== saltBytes || typeof value.payload !== 'object' || value.payload === null)
    return undefined;
  try {
    const opening = { payload: canonicalJson(value.payload), salt };
    return { type: 'record', record: { ...marked, opening } };
  } catch {
    return undefined;
  }
}

function parseEnd(value: Record<string, unknown>): ExportLine | undefined {
  const consistency = parseHashes(value.consistency);
  if (typeof value.checkpoint !== 'string' || consistency === undefined) return undefined;
  return { type: 'end', end: { checkpoint: value.checkpoint, consistency } };
}

function parseJson(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function parseHashes(value: unknown): Uint8Array[] | undefined {
  if (!Array.isArray(value) || value.length > 128) return undefined;
  const hashes: Uint8Array[] = [];
  for (const item of value) {
    const hash = typeof item === 'string' ? decodeBase64(item) : undefined;
    if (hash?.length !== 32) return undefined;
    hashes.push(hash);
  }
  return hashes;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
