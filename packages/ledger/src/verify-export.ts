import { encodeBase64 } from './base64.ts';
import { type Checkpoint, parseCheckpoint } from './checkpoint.ts';
import { commitPayload, encodeEntry } from './entry.ts';
import {
  type ExportEnd,
  type ExportHeader,
  type ExportRecord,
  type ExportWithheld,
  parseExportLine,
} from './export-format.ts';
import type { ExportReport, FindingCode } from './export-report.ts';
import { FindingList } from './finding-list.ts';
import { IdSet } from './id-set.ts';
import { MerkleFrontier } from './merkle-frontier.ts';
import { verifyConsistency } from './merkle-proof.ts';
import { parseNote, verifyNote } from './note.ts';
import { judgeWitnesses, type WitnessPolicy } from './proof/verify-checkpoint.ts';
import { maximumLineLength } from './read-lines.ts';
import { SequenceSet } from './sequence-set.ts';
import { equalBytes, hashLeaf } from './tree-hash.ts';
import { parseVerifierKey, type VerifierKey } from './verifier-key.ts';

/** With witnesses, the checkpoint at the end needs their cosignatures. */
export interface VerifyExportOptions extends WitnessPolicy {
  /** A signed checkpoint of this log kept from earlier, apart from the log: finds what was cut off or rewritten since. */
  readonly checkpoint?: string;
  /** The log's verifier key, known from elsewhere. Without it the export's own claim is used: see `ExportReport.key`. */
  readonly vkey?: string;
}

/**
 * Checks a whole export as one stream of lines without newlines, offline. Finds every changed, missing, reordered,
 * duplicated or inserted record, wrong commitment, cause that is not earlier, and bad signature; and, against a
 * checkpoint known from earlier, a truncated or rewritten log. Never throws on hostile lines; throws only what the
 * iterable throws. Holds the ids of all records, about 100 bytes each, and no payload but the current one.
 */
export async function verifyExport(
  lines: AsyncIterable<string>,
  options: VerifyExportOptions = {},
): Promise<ExportReport> {
  const verification = new ExportVerification(options);
  for await (const line of lines) {
    if (!verification.read(line)) break;
  }
  return verification.finish();
}

class ExportVerification {
  readonly #findings = new FindingList();
  readonly #options: VerifyExportOptions;
  readonly #ids = new IdSet();
  readonly #sequence = new SequenceSet();
  #key: VerifierKey | undefined;
  #known: Checkpoint | undefined;
  #knownRoot: Uint8Array | undefined;
  #header: ExportHeader | undefined;
  #end: ExportEnd | undefined;
  #frontier = new MerkleFrontier();
  #previousSeq = -1;
  #size: number | null = null;
  #records = 0;
  #erased = 0;
  readonly #withheld = new Map<ExportWithheld, number>();
  #cosigned: ExportReport['cosigned'] = [];

  constructor(options: VerifyExportOptions) {
    this.#options = options;
  }

  /** Takes one line; false when reading on is pointless. */
  read(line: string): boolean {
    if (line.length > maximumLineLength) return this.#report('line.too_long', `over ${maximumLineLength}`);
    const parsed = parseExportLine(line);
    if (this.#header === undefined) {
      if (parsed?.type === 'header') return this.#readHeader(parsed.header);
      this.#report('header.invalid', 'the first line is no header of a known format');
      return false;
    }
    if (parsed === undefined) return this.#report('line.malformed', 'not a canonical line of an export');
    if (this.#end !== undefined) return this.#report('line.unexpected', 'a line after the end');
    if (parsed.type === 'header') return this.#report('line.unexpected', 'a second header');
    if (parsed.type === 'end') this.#end = parsed.end;
    else this.#readRecord(parsed.record, this.#header);
    return true;
  }

  finish(): ExportReport {
    const header = this.#header;
    if (header === undefined) {
      if (this.#findings.count === 0) this.#report('header.invalid', 'there is no line');
    } else {
      for (const { start, end } of this.#sequence.missing(header.from, header.to)) {
        const range = end - start === 1 ? `${start}` : `${start} to ${end - 1}`;
        this.#findings.add('record.missing', start, `record ${range} is not there`);
      }
      this.#checkEnd(header);
    }
    return {
      valid: this.#findings.count === 0,
      stream: header?.stream ?? null,
      origin: header?.origin ?? null,
      from: header?.from ?? 0,
      to: header?.to ?? 0,
      size: this.#size,
      records: this.#records,
      erased: this.#erased,
      withheld: Object.fromEntries(this.#withheld),
      watermark: header?.watermark ?? null,
      root: encodeBase64(this.#frontier.root()),
      key: this.#options.vkey === undefined ? 'claimed' : 'given',
      cosigned: this.#cosigned,
      findings: this.#findings.list,
      findingsLeftOut: this.#findings.count - this.#findings.list.length,
    };
  }

  #readHeader(header: ExportHeader): boolean {
    this.#header = header;
    this.#frontier = new MerkleFrontier(header.from, header.frontier);
    this.#previousSeq = header.from - 1;
    const key = parseVerifierKey(this.#options.vkey ?? header.vkey);
    if (key === undefined) this.#report('key.invalid', 'the verifier key is malformed');
    else if (key.name !== header.origin) this.#report('key.invalid', 'the key is named for another log');
    else this.#key = key;
    if (this.#options.checkpoint !== undefined) {
      this.#known = this.#openCheckpoint(this.#options.checkpoint, header, 'the known checkpoint');
    }
    this.#keepKnownRoot();
    return true;
  }

  #readRecord({ entry, opening, withheld }: ExportRecord, header: ExportHeader): void {
    this.#records += 1;
    const report = (code: FindingCode, detail: string) => this.#findings.add(code, entry.seq, detail);
    if (entry.stream !== header.stream) report('record.inserted', 'it belongs to another stream');
    if (entry.seq < header.from || entry.seq >= header.to) report('record.inserted', 'it is out of range');
    // Causes first: a record must not be its own cause.
    for (const cause of header.from === 0 ? entry.causes : []) {
      if (!this.#ids.has(cause)) report('cause.not_earlier', `no earlier record ${cause}`);
    }
    const idIsNew = this.#ids.add(entry.id);
    if (!this.#addSequence(entry.seq)) {
      report(idIsNew ? 'record.inserted' : 'record.duplicated', 'another record has this seq');
    } else if (!idIsNew) {
      report('record.duplicated', `another record has the id ${entry.id}`);
    } else if (entry.seq <= this.#previousSeq) {
      report('record.reordered', `it stands after record ${this.#previousSeq}`);
    }
    this.#previousSeq = entry.seq;
    if (withheld !== undefined) this.#withheld.set(withheld, (this.#withheld.get(withheld) ?? 0) + 1);
    else if (opening === null) this.#erased += 1;
    else if (commitPayload(opening.salt, opening.payload) !== entry.commitment) {
      report('record.changed', 'payload or salt do not fit the commitment');
    }
    this.#frontier.append(hashLeaf(encodeEntry(entry)));
    this.#keepKnownRoot();
  }

  #addSequence(seq: number): boolean {
    try {
      return this.#sequence.add(seq);
    } catch {
      return false;
    }
  }

  #keepKnownRoot(): void {
    if (this.#known?.size === this.#frontier.size) this.#knownRoot = this.#frontier.root();
  }

  #checkEnd(header: ExportHeader): void {
    if (this.#end === undefined) {
      this.#report('checkpoint.missing', 'the export has no end: it was cut off');
    } else {
      const checkpoint = this.#openCheckpoint(this.#end.checkpoint, header, 'the checkpoint at the end');
      if (checkpoint !== undefined) {
        this.#checkTree(checkpoint, this.#end);
        this.#checkWitnesses(this.#end.checkpoint);
      }
    }
    if (this.#known !== undefined) this.#checkKnown(this.#known);
  }

  #checkTree(checkpoint: Checkpoint, end: ExportEnd): void {
    this.#size = checkpoint.size;
    const { size } = this.#frontier;
    if (!verifyConsistency(size, this.#frontier.root(), checkpoint.size, checkpoint.root, end.consistency)) {
      const detail = `these ${size} leaves are not the start of the signed tree of ${checkpoint.size}`;
      this.#report('tree.mismatch', detail);
    }
    if (this.#known !== undefined && this.#known.size > checkpoint.size) {
      this.#report('ledger.truncated', `the log had ${this.#known.size} records and has ${checkpoint.size}`);
    }
  }

  #checkWitnesses(text: string): void {
    const note = parseNote(text);
    if (note === undefined) return;
    const { finding, cosigned } = judgeWitnesses(note, this.#options);
    this.#cosigned = cosigned;
    if (finding === 'key_invalid') this.#report('key.invalid', 'the key of a witness is malformed');
    else if (finding === 'bad_cosignature')
      this.#report('checkpoint.bad_cosignature', 'a cosignature was not made by its witness');
    else if (finding === 'not_witnessed')
      this.#report('checkpoint.not_witnessed', `${cosigned.length} of the witnesses cosigned it`);
  }

  #checkKnown(known: Checkpoint): void {
    if (this.#knownRoot === undefined) {
      const detail = `the export does not reach the known checkpoint of ${known.size} records`;
      this.#report('checkpoint.out_of_range', detail);
    } else if (!equalBytes(this.#knownRoot, known.root)) {
      this.#report('checkpoint.contradicted', `the first ${known.size} records are not those signed before`);
    }
  }

  #openCheckpoint(text: string, header: ExportHeader, what: string): Checkpoint | undefined {
    const note = parseNote(text);
    const checkpoint = note && parseCheckpoint(note.text);
    if (note === undefined || checkpoint === undefined || checkpoint.origin !== header.origin) {
      this.#report('checkpoint.malformed', `${what} is not one of this log`);
      return undefined;
    }
    // Without a usable key nothing can be checked, which `key.invalid` has reported.
    if (this.#key !== undefined && verifyNote(note, this.#key) !== 'verified') {
      this.#report('checkpoint.bad_signature', `${what} is not signed by ${this.#key.name}`);
      return undefined;
    }
    return checkpoint;
  }

  #report(code: FindingCode, detail: string): true {
    this.#findings.add(code, null, detail);
    return true;
  }
}
