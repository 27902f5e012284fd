import { commitPayload } from '../entry.ts';
import type { WitnessPolicy } from '../proof/verify-checkpoint.ts';
import { maximumLineLength } from '../read-lines.ts';
import { type BundleFacts, readFacts } from './bundle-facts.ts';
import { BundleFindings } from './bundle-findings.ts';
import type {
  BundleHeader,
  BundleLine,
  BundlePolicy,
  BundleReceipt,
  BundleRecord,
  BundleTool,
} from './bundle-format.ts';
import type { BundleReport } from './bundle-report.ts';
import { BundleTree } from './check-bundle-tree.ts';
import { checkPolicies, checkTools } from './check-definitions.ts';
import { checkReceipts } from './check-receipts.ts';
import { BundleContent } from './digest-content.ts';
import { parseBundleLine } from './parse-bundle-line.ts';

/** With witnesses, all records but that of the making need their cosignatures. */
export interface VerifyBundleOptions extends WitnessPolicy {
  /** The log's verifier key, known from elsewhere. Without it the bundle's own claim is used: see `BundleReport.key`. */
  readonly vkey?: string;
  /** Keys of the issuer of receipts (RFC 7517), known from elsewhere. Without them those in the bundle, which the log recorded. */
  readonly issuerKeys?: readonly Readonly<Record<string, unknown>>[];
  /** Gets every line that could be read, in order, whatever is found to be wrong with it. */
  readonly onLine?: (line: BundleLine) => void;
}

const mostLines = 200_000;
const order = [
  'header',
  'checkpoint',
  'hashes',
  'record',
  'missing',
  'issuer',
  'policy',
  'tool',
  'receipt',
  'end',
];
const repeated: ReadonlySet<string> = new Set(['hashes', 'record', 'policy', 'tool', 'receipt']);

/**
 * Checks a bundle as one stream of lines without newlines, offline: that every record is in the signed tree, that payloads are
 * those that were recorded, that causes are there or said to be missing, that policies, tools and receipts are those that the
 * records name, and that the bundle is what the log recorded when it was made. Never throws on hostile lines; throws only what
 * the iterable and `onLine` throw.
 */
export async function verifyBundle(
  lines: AsyncIterable<string> | Iterable<string>,
  options: VerifyBundleOptions = {},
): Promise<BundleReport> {
  const verification = new BundleVerification(options);
  for await (const line of lines) {
    if (!verification.read(line)) break;
  }
  return verification.finish();
}

class BundleVerification {
  readonly #options: VerifyBundleOptions;
  readonly #findings = new BundleFindings();
  readonly #content = new BundleContent();
  readonly #records = new Map<string, BundleFacts>();
  readonly #causes = new Map<string, { readonly of: string; readonly seq: number }>();
  readonly #withheld = new Map<string, number>();
  readonly #policies: BundlePolicy[] = [];
  readonly #tools: BundleTool[] = [];
  readonly #receipts: BundleReceipt[] = [];
  #missing: ReadonlySet<string> = new Set();
  #issuerKeys: readonly Readonly<Record<string, unknown>>[] = [];
  #header: BundleHeader | undefined;
  #tree: BundleTree | undefined;
  #last: BundleRecord | undefined;
  #end: string | undefined;
  #cosigned: BundleReport['cosigned'] = [];
  /** After the last record but that of the making. */
  #reach = 0;
  /** Policies that a reader of only some of the log is not given. */
  #kept = 0;
  #rank = -1;
  #lines = 0;

  constructor(options: VerifyBundleOptions) {
    this.#options = options;
  }

  /** Takes one line; false when reading on is pointless. */
  read(text: string): boolean {
    this.#lines += 1;
    this.#findings.line = this.#lines;
    if (this.#lines > mostLines) return this.#stop('bundle.too_long', `over ${mostLines} lines`);
    if (text.length > maximumLineLength) return this.#report('line.too_long', `over ${maximumLineLength}`);
    const line = parseBundleLine(text);
    if (this.#header === undefined && line?.type !== 'header')
      return this.#stop('header.invalid', 'the first line is no header of a known format');
    if (line === undefined) return this.#report('line.malformed', 'not a canonical line of a bundle');
    const rank = order.indexOf(line.type);
    if (rank < this.#rank || (rank === this.#rank && !repeated.has(line.type)))
      return this.#report('line.unexpected', `a line of the kind ${line.type} does not belong here`);
    this.#rank = rank;
    this.#options.onLine?.(line);
    this.#take(line);
    if (line.type !== 'record' && line.type !== 'checkpoint' && line.type !== 'hashes' && line.type !== 'end')
      this.#content.addLine(text);
    return true;
  }

  #take(line: BundleLine): void {
    switch (line.type) {
      case 'header':
        this.#header = line.header;
        this.#tree = new BundleTree(this.#findings, line.header, this.#options.vkey);
        break;
      case 'checkpoint':
        this.#tree?.readCheckpoint(line.checkpoint);
        break;
      case 'hashes':
        this.#tree?.readHashes(line.hashes);
        break;
      case 'record':
        this.#readRecord(line.record);
        break;
      case 'missing':
        this.#missing = new Set(line.causes);
        break;
      case 'issuer':
        this.#issuerKeys = line.keys;
        break;
      case 'policy':
        this.#policies.push(line.policy);
        break;
      case 'tool':
        this.#tools.push(line.tool);
        break;
      case 'receipt':
        this.#receipts.push(line.receipt);
        break;
      case 'end':
        this.#end = line.record;
    }
  }

  #readRecord(record: BundleRecord): void {
    const { entry, opening } = record;
    const { id, seq, stream } = entry;
    if (stream !== this.#header?.stream) this.#report('record.inserted', 'it belongs to another stream', id);
    if (this.#records.has(id)) this.#report('record.duplicated', 'it is there twice', id);
    else if (seq <= (this.#last?.entry.seq ?? -1))
      this.#report('record.reordered', 'it does not stand in its place', id);
    // The last one is of the making, which cannot hold a digest of itself.
    if (this.#last !== undefined) {
      this.#content.addRecord(this.#last);
      this.#reach = Math.max(this.#reach, this.#last.entry.seq + 1);
    }
    this.#last = record;
    this.#tree?.readRecord(record);
    const isOpen = typeof opening !== 'string';
    if (!isOpen) this.#withheld.set(opening, (this.#withheld.get(opening) ?? 0) + 1);
    if (opening === 'damaged')
      this.#report('record.damaged', 'what the log had kept of it was not what it recorded', id);
    if (isOpen && commitPayload(opening.salt, opening.payload) !== entry.commitment)
      this.#report('record.changed', 'payload or salt do not fit the commitment', id);
    for (const cause of entry.causes) {
      const known = this.#causes.get(cause);
      if (known === undefined || seq < known.seq) this.#causes.set(cause, { of: id, seq });
    }
    if (!this.#records.has(id)) this.#records.set(id, readFacts(entry, isOpen ? opening.payload : null));
  }

  finish(): BundleReport {
    const findings = this.#findings;
    findings.line = null;
    if (this.#lines === 0) findings.add('header.invalid', 'there is no line');
    const isMade = this.#header !== undefined && this.#checkMaking();
    const receipts = this.#header === undefined ? [] : this.#checkRest();
    return {
      format: 'countersign-bundle',
      valid: findings.count === 0,
      origin: this.#header?.origin ?? null,
      madeFor: isMade ? (this.#header?.madeFor ?? null) : null,
      madeAt: this.#header?.madeAt ?? null,
      selection: this.#header?.selection ?? null,
      truncated: this.#header?.truncated ?? false,
      size: this.#tree?.size ?? null,
      records: this.#records.size,
      withheld: Object.fromEntries(this.#withheld),
      missing: this.#missing.size,
      policies: this.#policies.length,
      policiesOutOfScope: this.#kept,
      tools: this.#tools.length,
      receipts,
      key: this.#options.vkey === undefined ? 'claimed' : 'given',
      cosigned: this.#cosigned,
      findings: findings.list,
      findingsLeftOut: findings.count - findings.list.length,
    };
  }

  /** The log itself says what the bundle held when it was made, and for whom. */
  #checkMaking(): boolean {
    const findings = this.#findings;
    if (this.#end === undefined) findings.add('bundle.truncated', 'it has no end: it was cut off');
    const { entry } = this.#last ?? {};
    const made = entry && this.#records.get(entry.id);
    if (made === undefined || made.kind !== 'ledger.bundled' || made.digest === undefined) {
      findings.add('bundle.not_recorded', 'the record of its having been made is not its last one');
      return false;
    }
    if (this.#end !== undefined && this.#end !== made.id)
      findings.add('bundle.not_recorded', 'the end names another record of its having been made', made.id);
    if (made.digest === this.#content.digest()) return true;
    findings.add('bundle.changed', 'something was added, removed or withheld after it was made', made.id);
    return false;
  }

  #checkRest(): BundleReport['receipts'] {
    const findings = this.#findings;
    const tree = this.#tree;
    if (tree?.isSigned === false) findings.add('checkpoint.missing', 'there is no checkpoint');
    tree?.finish();
    this.#cosigned = tree?.judgeWitnesses(this.#options, this.#reach) ?? [];
    for (const [cause, { of, seq }] of this.#causes) {
      const found = this.#records.get(cause);
      if (found === undefined && !this.#missing.has(cause))
        findings.add('cause.missing', `its cause ${cause} is not here, and is not said to be missing`, of);
      else if (found !== undefined && found.seq >= seq)
        findings.add('cause.not_earlier', `its cause ${cause} is not an earlier record`, of);
    }
    for (const id of this.#missing)
      if (this.#records.has(id) || !this.#causes.has(id))
        findings.add('line.unexpected', `${id} is said to be missing, and is not`);
    const isScoped = this.#header?.madeFor.access !== undefined;
    this.#kept = checkPolicies(this.#policies, [...this.#records.values()], { findings, isScoped });
    checkTools(this.#tools, this.#records.values(), findings);
    const keys = this.#options.issuerKeys ?? this.#issuerKeys;
    return checkReceipts(this.#receipts, this.#records, keys, findings);
  }

  #report(code: Parameters<BundleFindings['add']>[0], detail: string, record: string | null = null): true {
    this.#findings.add(code, detail, record);
    return true;
  }

  #stop(code: Parameters<BundleFindings['add']>[0], detail: string): false {
    this.#findings.add(code, detail);
    return false;
  }
}
